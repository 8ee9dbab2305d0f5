import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../../../dev/waiting.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

const LIMIT_MS = 10_000;
const PHONE = '447700900101';

type Seeded = { planfix: { account: string; token: string }; graph: { phoneNumberId: string; accessToken: string } };
type Dump = {
  tasks: { id: number; comments: { id: number; description: string }[] }[];
  contacts: { id: number }[];
  buttons: unknown[];
};

/** A customer writes, Planfix gets a contact and a task with a comment, and the business answers. */
async function play(sandbox: TestSandbox) {
  const { planfix, graph } = await sandbox.control<Seeded>('POST', 'seed');
  await sandbox.control('POST', 'graph/messages', {
    phoneNumberId: graph.phoneNumberId,
    from: PHONE,
    text: 'before the end',
  });
  const rest = (path: string, body: unknown) =>
    call<{ id: number }>(`${sandbox.url}/planfix/${planfix.account}/rest/${path}`, planfix.token, body);
  const contact = await rest('contact/', { template: { id: 20 }, name: 'Jane', isCompany: false });
  const task = await rest('task/', { template: { id: 10 }, name: 'Kept', assigner: { id: `contact:${contact.id}` } });
  const notify = [`contact:${contact.id}`];
  const comment = { task: task.id, author: 'user:3', html: '<p>kept</p>', notify };
  await sandbox.control('POST', `planfix/${planfix.account}/comments`, comment);
  const button = { name: 'Kept', url: 'http://127.0.0.1:9/', parameters: [{ name: 'task', value: '{{Task.Number}}' }] };
  await sandbox.control('POST', `planfix/${planfix.account}/buttons`, button);
  const answer = { messaging_product: 'whatsapp', to: `+${PHONE}`, type: 'text', text: { body: 'an answer' } };
  await call(`${sandbox.url}/graph/v26.0/${graph.phoneNumberId}/messages`, graph.accessToken, answer);
}

async function call<T>(url: string, token: string, body: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** What Parley and a person can see of the world, without what is told of real time. */
async function look(sandbox: TestSandbox) {
  const { planfix, graph } = await sandbox.control<Seeded>('POST', 'seed');
  const { tasks, contacts, buttons } = await sandbox.control<Dump>('GET', `planfix/${planfix.account}`);
  const path = `graph/customers/${PHONE}/messages?phoneNumberId=${graph.phoneNumberId}`;
  const { items } = await sandbox.control<{ items: { id: string; text: string }[] }>('GET', path);
  return { tasks, contacts, buttons, chat: items.map(({ id, text }) => ({ id, text })) };
}

describe('a sandbox with a state file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-sandbox-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has its world again after a stop, and gives no number twice', async () => {
    const kept = { SANDBOX_STATE_FILE: join(folder, 'stopped') };
    const first = await startSandbox(kept);
    await play(first);
    const before = await look(first);
    expect(before).toMatchObject({
      tasks: [{ comments: [{ description: '<p>kept</p>' }] }],
      contacts: [{}],
      buttons: [{ name: 'Kept' }],
      chat: [{ text: 'before the end' }, { text: 'an answer' }],
    });
    await first.process.stop('SIGTERM', LIMIT_MS);
    const second = await startSandbox(kept);
    expect(await look(second)).toEqual(before);
    await play(second);
    const after = await look(second);
    expect(new Set(after.tasks.map(({ id }) => id)).size).toBe(2);
    expect(after.contacts.length).toBe(2);
    expect(after.buttons).toEqual(before.buttons);
    expect(after.chat.length).toBe(4);
    await second.process.stop('SIGKILL', LIMIT_MS);
  });

  it('has its world again even when it was killed', async () => {
    const file = join(folder, 'killed');
    const first = await startSandbox({ SANDBOX_STATE_FILE: file });
    await play(first);
    const before = await look(first);
    // The last thing that was played.
    const isWritten = async () => (existsSync(file) && readFileSync(file).includes('an answer')) || undefined;
    expect(await waitUntil(LIMIT_MS, isWritten)).toBe(true);
    await first.process.stop('SIGKILL', LIMIT_MS);
    const second = await startSandbox({ SANDBOX_STATE_FILE: file });
    expect(await look(second)).toEqual(before);
    await second.process.stop('SIGKILL', LIMIT_MS);
  });

  it('delivers what was not acknowledged before the stop', async () => {
    const kept = { SANDBOX_STATE_FILE: join(folder, 'undelivered') };
    const pending = async (sandbox: TestSandbox) => {
      const path = 'graph/deliveries?state=pending';
      return (await sandbox.control<{ items: { body: string }[] }>('GET', path)).items.map(({ body }) => body);
    };
    const first = await startSandbox(kept);
    const { graph } = await first.control<Seeded>('POST', 'seed');
    // Without a verify token the address counts as verified although nobody answers there.
    const app = { appId: '2025100100000001', appSecret: 'demo-app-secret-of-the-sandbox' };
    await first.control('POST', 'graph/apps', { ...app, callbackUrl: 'http://127.0.0.1:9/webhooks' });
    const message = { phoneNumberId: graph.phoneNumberId, from: PHONE, text: 'to be told again', wait: true };
    await first.control('POST', 'graph/messages', message);
    const waiting = await pending(first);
    expect(waiting).toEqual([expect.stringContaining('to be told again')]);
    await first.process.stop('SIGTERM', LIMIT_MS);
    const second = await startSandbox(kept);
    expect(await pending(second)).toEqual(waiting);
    await second.process.stop('SIGKILL', LIMIT_MS);
  });

  it('refuses a file that is none of its own', async () => {
    const file = join(folder, 'foreign');
    writeFileSync(file, 'not a state');
    await expect(startSandbox({ SANDBOX_STATE_FILE: file })).rejects.toThrow('is no state of the sandbox');
  });
});

describe('a sandbox without one', () => {
  it('forgets its world with the process', async () => {
    const first = await startSandbox();
    await play(first);
    await first.process.stop('SIGTERM', LIMIT_MS);
    const second = await startSandbox();
    expect(await look(second)).toEqual({ tasks: [], contacts: [], buttons: [], chat: [] });
    await second.process.stop('SIGKILL', LIMIT_MS);
  });
});
