import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Dialogue, type PlanfixServer, startDialogue, startPlanfixServer } from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-22T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

describe('scenario requests', () => {
  type Received = { form: Record<string, string>; secret: unknown; concurrent: number };
  let receiver: Server;
  let url: string;
  let received: Received[];
  let statuses: number[];
  let open = 0;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      open += 1;
      const concurrent = open;
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(text));
        received.push({ form, secret: request.headers['x-parley-secret'], concurrent });
        setImmediate(() => {
          open -= 1;
          response.writeHead(statuses.shift() ?? 200).end();
        });
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hint`;
  });

  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  async function withScenario(more: object = {}): Promise<Dialogue> {
    received = [];
    statuses = [];
    const dialogue = await startDialogue(planfix);
    await dialogue.acme.control('PUT', '/hint', { url, secret: 'shh', ...more });
    return dialogue;
  }

  const say = ({ acme, task }: Dialogue, more: object = {}) =>
    acme.control('POST', '/comments', { task, author: 'user:3', html: 'Hello', notify: [], ...more });

  it('carry task and comment as a form, one at a time, with the secret', async () => {
    const dialogue = await withScenario();
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push((await say(dialogue)).id);
    await say(dialogue, { hint: false });
    const ours = await dialogue.acme.ok('POST', `/task/${dialogue.task}/comments/`, { description: 'ours' });
    await planfix.until(async () => received.length === 6);
    expect(received.map((item) => item.form)).toEqual(
      [...ids, ours.id].map((id) => ({ task: String(dialogue.task), comment: String(id) })),
    );
    expect(received.map((item) => item.secret)).toEqual(Array(6).fill('shh'));
    expect(Math.max(...received.map((item) => item.concurrent))).toBe(1);
  });

  it('freeze for three minutes of the clock after anything but 200', async () => {
    const dialogue = await withScenario();
    statuses = [204];
    await say(dialogue);
    await planfix.until(async () => (await dialogue.acme.control('GET', '/hint')).log.length === 1);
    const second = await say(dialogue);
    const frozen = await dialogue.acme.control('GET', '/hint');
    expect(frozen).toMatchObject({ waiting: 1, log: [{ outcome: 'failed', status: 204 }] });
    planfix.clock.advance(179_000);
    expect((await dialogue.acme.control('GET', '/hint')).waiting).toBe(1);
    planfix.clock.advance(1_000);
    await planfix.until(async () => received.length === 2);
    expect(received[1]?.form.comment).toBe(String(second.id));
  });

  it('come again only where repeating is ticked', async () => {
    const dialogue = await withScenario({ retry: 'en' });
    statuses = [500];
    const { id } = await say(dialogue);
    await planfix.until(async () => received.length === 1);
    await planfix.until(async () => (await dialogue.acme.control('GET', '/hint')).waiting === 1);
    planfix.clock.advance(300_000);
    await planfix.until(async () => received.length === 2);
    expect(received[1]?.form.comment).toBe(String(id));
  });

  it('go out when a comment becomes visible by the clock, though nobody asks', async () => {
    const dialogue = await withScenario();
    const { id } = await say(dialogue, { visibleAfterMs: 60_000 });
    expect((await dialogue.acme.control('GET', '/hint')).log).toEqual([]);
    planfix.clock.advance(60_000);
    await planfix.until(async () => received.length === 1);
    expect(received[0]?.form.comment).toBe(String(id));
  });

  it('can be lost in a freeze, doubled, and kept from customers', async () => {
    const dialogue = await withScenario();
    const { acme, contact, task } = dialogue;
    await acme.settings({ hintDuringFreeze: 'drop', hintDuplicates: 1, scenarioAuthors: 'employees' });
    await acme.ok('POST', `/task/${task}/comments/`, { owner: { id: contact }, description: 'Hello' });
    await say(dialogue);
    await planfix.until(async () => (await acme.control('GET', '/hint')).log.length === 2);
    statuses = [500];
    await say(dialogue);
    await planfix.until(async () => (await acme.control('GET', '/hint')).log.length === 3);
    await say(dialogue);
    const { log } = await acme.control('GET', '/hint');
    expect(log.slice(2)).toMatchObject([{ outcome: 'failed' }, { outcome: 'dropped' }, { outcome: 'dropped' }]);
    await acme.control('POST', '/hint/thaw');
    await planfix.until(async () => received.length === 4);
  });

  it('can precede the comment itself', async () => {
    const dialogue = await withScenario();
    const { id } = await say(dialogue, { visible: false, hint: 'now' });
    await planfix.until(async () => received.length === 1);
    expect(await dialogue.acme.call('GET', `/comment/${id}`)).toMatchObject({ status: 400 });
  });
});
