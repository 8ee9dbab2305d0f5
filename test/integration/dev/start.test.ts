import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../dev/child-process.ts';
import { NODE, ROOT } from '../../../dev/folders.ts';
import { isPortFree } from '../../../dev/waiting.ts';
import { eventually } from '../../support/parley.ts';

/** The first start bundles and connects; on a busy machine that takes its time. */
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 60_000;
const PHONE = '447700900101';

type Task = { id: number; description: string; comments: { description: string }[] };
type Chat = { items: { from: string; text: string }[] };

describe('npm start', () => {
  let folder: string;
  const started: Child[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
  });
  afterAll(async () => {
    await Promise.all(started.map((child) => child.stop('SIGTERM', STOP_LIMIT_MS)));
    const data = join(folder, 'postgres');
    // As root the data is elsewhere, in a folder of its own.
    if (existsSync(data)) rmSync(dirname(realpathSync(data)), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  const launch = async () => {
    const { DATABASE_URL: _, TEMPORAL_ADDRESS: __, ...inherited } = process.env;
    const child = await startChild({
      name: 'npm start',
      command: NODE,
      args: [join(ROOT, 'dev', 'bootstrap.mjs'), 'dev/start.ts'],
      cwd: ROOT,
      env: { ...inherited, PARLEY_STATE_FOLDER: folder, SANDBOX_PAGE: 'as-is' },
    });
    started.push(child);
    return child;
  };
  const start = async () => {
    const child = await launch();
    const ready = async () =>
      child.hasExited() ? 'ended' : child.lines().some((line) => /is ready/.test(line)) || undefined;
    const outcome = await eventually('Parley is ready', ready, START_LIMIT_MS);
    if (outcome === 'ended') throw new Error(child.lines().join('\n'));
    return child;
  };
  const portsOf = () =>
    (JSON.parse(readFileSync(join(folder, 'env.json'), 'utf8')) as { ports: Record<string, number> }).ports;
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${portsOf().sandbox}/control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const write = async (text: string) => {
    const { graph } = await control<{ graph: { phoneNumberId: string } }>('POST', 'seed', {});
    await control('POST', 'graph/messages', { phoneNumberId: graph.phoneNumberId, from: PHONE, text });
  };
  const tasks = async () => (await control<{ tasks: Task[] }>('GET', 'planfix/demo')).tasks;
  const taskThatSays = (text: string) =>
    eventually(`a task with "${text}"`, async () =>
      (await tasks()).find(({ description, comments }) =>
        [description, ...comments.map((comment) => comment.description)].some((said) => said.includes(text)),
      ),
    );
  const answer = async (task: number, text: string) => {
    await control('POST', 'planfix/demo/comments', { task, author: 'user:3', html: text, notify: ['contact:101'] });
    const path = `graph/customers/${PHONE}/messages`;
    await eventually(`the answer "${text}" in the chat`, async () =>
      (await control<Chat>('GET', path)).items.find((item) => item.from === 'business' && item.text === text),
    );
  };
  const stop = async (child: Child) => {
    expect(await child.stop('SIGINT', STOP_LIMIT_MS)).toEqual({ code: 0, signal: null });
    for (const [name, port] of Object.entries(portsOf())) expect([name, await isPortFree(port)]).toEqual([name, true]);
  };

  it('connects the demo; after Ctrl-C the next start goes on with the same data', async () => {
    const first = await start();
    // Shown where the developer looks, and kept nowhere.
    const address = await eventually(
      'the address',
      async () => /\/sign-in#[\w-]{43}/.exec(first.lines().join('\n'))?.[0],
    );
    expect(readFileSync(join(folder, 'logs', 'api.log'), 'utf8')).not.toContain(address);
    await write('first day');
    const task = await taskThatSays('first day');
    await answer(task.id, 'first answer');
    for (const [name, port] of Object.entries(portsOf())) expect([name, await isPortFree(port)]).toEqual([name, false]);
    await stop(first);

    const second = await start();
    await write('second day');
    expect((await taskThatSays('second day')).id).toBe(task.id);
    await answer(task.id, 'second answer');
    expect((await tasks()).length).toBe(1);

    const third = await launch();
    expect((await third.exited).code).toBe(1);
    expect(third.lines().join('\n')).toContain('runs already from this checkout');
    await stop(second);
  });
});
