import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox } from '../sandbox/server.ts';
import { keepState } from '../sandbox/state-file.ts';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Json } from './sandbox-graph-receiver.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-state-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A sandbox that keeps its world in the file of this test. */
async function start() {
  const file = join(folder, 'state');
  const sandbox = await createSandbox();
  const { saveAtEnd } = await keepState(sandbox, file);
  const control = async (method: 'GET' | 'POST', path: string, payload?: object): Promise<Json> => {
    const answer = await sandbox.server.inject({ method, url: `/control${path}`, ...(payload ? { payload } : {}) });
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${answer.body}`);
    return answer.json();
  };
  const stop = async () => {
    saveAtEnd();
    await sandbox.server.close();
    return statSync(file).size;
  };
  return { sandbox, control, stop };
}

const large = 5 * 1024 * 1024;
const chatPath = `/graph/customers/${ids.customer}/messages`;

describe('the state file', () => {
  it('keeps messages and what is known of files: small bytes, and large ones that can be made up again', async () => {
    const first = await start();
    await first.control('POST', '/graph/apps', { appId: ids.app, appSecret: ids.secret });
    await first.control('POST', '/graph/numbers', numberOf(ids.number));
    await first.control('POST', '/graph/customers', { phone: ids.customer, name: 'Anna' });
    const write = (media: object) =>
      first.control('POST', '/graph/messages', { phoneNumberId: ids.number, from: ids.customer, media });
    await write({ kind: 'image', base64: Buffer.from('small').toString('base64') });
    await write({ kind: 'image', base64: Buffer.alloc(large).toString('base64') });
    await write({ kind: 'document', size: 100_000_000 });
    const { items } = await first.control('GET', chatPath);
    expect(items.map(({ media }) => media)).toMatchObject([{ isKept: true }, { isKept: true }, { isKept: true }]);
    expect(await first.stop()).toBeLessThan(large);

    const second = await start();
    const kept = (await second.control('GET', chatPath)).items;
    expect(kept).toEqual(items.map((item, index) => (index === 1 ? withoutBytes(item) : item)));
    const { url } = { ...kept[0] }.media as { url: string };
    expect((await second.sandbox.server.inject({ url })).body).toBe('small');
    await second.stop();
  });

  it('keeps templates under their ids, and numbers whose traffic is counted anew', async () => {
    const first = await start();
    await first.control('POST', '/graph/apps', { appId: ids.app, appSecret: ids.secret });
    await first.control('POST', '/graph/numbers', numberOf(ids.number));
    const given = { wabaId: ids.waba, name: 'hello', language: 'en', body: 'Hi' };
    const { id } = await first.control('POST', '/graph/templates', given);
    await first.stop();

    const second = await start();
    expect(await second.control('POST', `/graph/templates/${id}/disable`, { tell: false })).toMatchObject({ id });
    const { items } = await second.control('GET', `/graph/templates?wabaId=${ids.waba}`);
    expect(items).toMatchObject([{ id, status: 'DISABLED' }]);
    expect((await second.control('GET', '/graph/traffic')).items).toMatchObject([{ accepted: 0, highestPerSecond: 0 }]);
    await second.stop();
  });
});

describe('the state file, of numbers on their way', () => {
  it('keeps what a phone has, what was asked for, and codes that wait', async () => {
    const first = await start();
    await first.control('POST', '/graph/apps', { appId: ids.app, appSecret: ids.secret });
    await first.control('POST', '/graph/numbers', numberOf(ids.number, { kind: 'business-app' }));
    const threads = [
      { phone: ids.customer, context: false, messages: [{ from: 'customer', text: 'old', daysAgo: 3 }] },
    ];
    const payload = { threads, declined: 'bare' };
    const url = `/control/graph/numbers/${ids.number}/history`;
    expect((await first.sandbox.server.inject({ method: 'PUT', url, payload })).statusCode).toBe(200);
    const { code } = await first.control('POST', '/graph/sign-ups', { appId: ids.app, phoneNumberId: ids.number });
    const shown = await first.control('GET', `/graph/numbers/${ids.number}`);
    await first.stop();

    const second = await start();
    expect(await second.control('GET', `/graph/numbers/${ids.number}`)).toEqual(shown);
    expect(await second.control('GET', `/graph/numbers/${ids.number}/history`)).toMatchObject({
      messages: 1,
      contacts: 1,
    });
    const query = new URLSearchParams({ client_id: ids.app, client_secret: ids.secret, code: String(code) });
    const exchanged = await second.sandbox.server.inject(`/graph/oauth/access_token?${query}`);
    expect(exchanged.json()).toMatchObject({ token_type: 'bearer' });
    await second.stop();
  });
});

const withoutBytes = (item: Json['items'][number]) => ({ ...item, media: { ...Object(item.media), isKept: false } });
