import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setUpDemo } from '../../../dev/demo.ts';
import { type Parley, startParley } from '../../support/parley.ts';

type State = Record<'attempt' | 'metaAppId' | 'planfixAccountId' | 'hintSecret' | 'connectionId', string>;

type Button = { name: string; place: string; url: string; parameters: { name: string; value: string }[] };

describe('the demo account', () => {
  let parley: Parley;
  let folder: string;
  let stateFile: string;
  const said: string[] = [];
  beforeAll(async () => {
    parley = await startParley();
    folder = mkdtempSync(join(tmpdir(), 'parley-demo-'));
    stateFile = join(folder, 'demo.json');
  });
  afterAll(async () => {
    await parley.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const readState = () => JSON.parse(readFileSync(stateFile, 'utf8')) as State;
  const writeState = (state: Partial<State>) => writeFileSync(stateFile, JSON.stringify(state));
  const setUp = async () => {
    const { sandboxUrl, adminKey } = parley.world;
    await setUpDemo({ apiUrl: parley.api.url, sandboxUrl, adminKey, stateFile, say: (line) => said.push(line) });
    return readState();
  };
  const countOf = async (list: string) => (await parley.rest<{ items: unknown[] }>('GET', `/v1/${list}`)).items.length;
  const counts = () => Promise.all(['meta-apps', 'planfix-accounts', 'connections'].map(countOf));
  const hintOf = () => parley.sandbox.control<{ url: string }>('GET', 'planfix/demo/hint');

  /** Where Parley is, the buttons of both cards, and templates to fill. */
  const expectSandboxToKnow = async ({ planfixAccountId, connectionId }: State) => {
    const { sandbox } = parley;
    expect(await sandbox.control('GET', 'parley')).toEqual({ url: parley.api.url });
    const { buttons } = await sandbox.control<{ buttons: Button[] }>('GET', 'planfix/demo/buttons');
    expect(buttons.map(({ name, place }) => `${name} (${place})`)).toEqual([
      'Send WhatsApp template (task)',
      'Send WhatsApp template (contact)',
      'Write to WhatsApp (contact)',
    ]);
    for (const { url, parameters } of buttons) {
      expect(url).toBe(`${parley.api.url}/webhooks/planfix/${planfixAccountId}/send`);
      expect(parameters).toContainEqual({ name: 'connection', value: connectionId });
    }
    const { graph } = await sandbox.control<{ graph: { wabaId: string } }>('POST', 'seed');
    const path = `graph/templates?wabaId=${graph.wabaId}`;
    const { items } = await sandbox.control<{ items: { name: string; status: string }[] }>('GET', path);
    expect(items.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'order_ready APPROVED',
      'spring_offer APPROVED',
      'invoice APPROVED',
    ]);
  };

  it('is connected by the first start and left alone by the second', async () => {
    const first = await setUp();
    expect(await counts()).toEqual([1, 1, 1]);
    expect(await parley.rest('GET', `/v1/connections/${first.connectionId}`)).toMatchObject({ state: 'connected' });
    expect((await hintOf()).url).toContain(first.planfixAccountId);
    await expectSandboxToKnow(first);
    expect(await setUp()).toEqual(first);
    expect(await counts()).toEqual([1, 1, 1]);
    await expectSandboxToKnow(first);
  });

  it.each([
    ['before anything was answered', ['attempt']],
    ['after the Meta app', ['attempt', 'metaAppId']],
    ['after the account', ['attempt', 'metaAppId', 'planfixAccountId', 'hintSecret']],
  ] as const)('is taken up where a start was interrupted %s', async (_when, known) => {
    const whole = await setUp();
    writeState(Object.fromEntries(known.map((name) => [name, whole[name]])));
    expect(await setUp()).toEqual(whole);
    expect(await counts()).toEqual([1, 1, 1]);
  });

  it('is found when nobody knows how it was created, but for the secret that is told once', async () => {
    const { attempt, hintSecret, ...ids } = await setUp();
    rmSync(stateFile);
    said.length = 0;
    const { attempt: another, ...found } = await setUp();
    expect(found).toEqual(ids);
    expect(another).not.toBe(attempt);
    expect(said.join('\n')).toContain('hint secret is lost');
    writeState({ attempt, hintSecret, ...ids });
  });

  it('is created anew in another database', async () => {
    const { planfixAccountId, ...others } = await setUp();
    writeState({ planfixAccountId: '00000000-0000-7000-8000-000000000000', ...others });
    expect((await setUp()).planfixAccountId).toBe(planfixAccountId);
  });
});
