import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, runTool, startChild } from '../../../dev/child-process.ts';
import { NODE, ROOT } from '../../../dev/folders.ts';
import { readCommandLine } from '../../../dev/running-process.ts';
import { createStack } from '../../../dev/stack.ts';
import { waitUntil } from '../../../dev/waiting.ts';

const LIMIT_MS = 30_000;
const FOR_EVER = 'setInterval(() => {}, 1000)';

const startNode = (code: string) => startChild({ name: 'sleeper', command: NODE, args: ['-e', code] });

async function untilLine(child: Child, pattern: RegExp): Promise<string> {
  const line = await waitUntil(LIMIT_MS, async () => child.lines().find((text) => pattern.test(text)));
  if (line === undefined) throw new Error(`nothing like ${pattern} in: ${child.lines().join('\n')}`);
  return line;
}

describe('a child process', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-children-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('ends when its parent is killed without a chance to stop it', async () => {
    const script = join(folder, 'parent.ts');
    const lines = [
      `import { startChild } from '${join(ROOT, 'dev', 'child-process.ts')}';`,
      `const child = await startChild({ name: 'c', command: process.execPath, args: ['-e', '${FOR_EVER}'] });`,
      "console.log('child ' + child.pid);",
    ];
    writeFileSync(script, lines.join('\n'));
    const parent = await startChild({ name: 'parent', command: NODE, args: [script] });
    const pid = Number((await untilLine(parent, /^child \d+$/)).split(' ')[1]);
    expect(readCommandLine(pid)).toContain(FOR_EVER);
    await parent.stop('SIGKILL', LIMIT_MS);
    const gone = await waitUntil(LIMIT_MS, async () => (readCommandLine(pid) === undefined ? true : undefined));
    expect(gone).toBe(true);
  });

  it('is killed when it ignores the request to stop', async () => {
    const child = await startNode(`process.on('SIGTERM', () => {}); console.log('up'); ${FOR_EVER}`);
    await untilLine(child, /^up$/);
    expect(await child.stop('SIGTERM', 200)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that cannot be started is an error', async () => {
    const nowhere = startChild({ name: 'nothing', command: join(folder, 'nothing'), args: [] });
    await expect(nowhere).rejects.toThrow('nothing could not be started');
  });
});

describe('a tool', () => {
  it('fails with its last words', async () => {
    const tool = { name: 'tool', command: NODE, args: ['-e', "console.error('no disk'); process.exit(2)"] };
    await expect(runTool({ ...tool, withinMs: LIMIT_MS })).rejects.toThrow('no disk');
  });

  it('is ended when it takes too long', async () => {
    const tool = { name: 'slow tool', command: NODE, args: ['-e', FOR_EVER] };
    await expect(runTool({ ...tool, withinMs: 100 })).rejects.toThrow('slow tool ended with SIGTERM');
  });
});

describe('a stack of processes', () => {
  it('ends in reverse order', async () => {
    const stack = createStack();
    const [first, second] = [await startNode(FOR_EVER), await startNode(FOR_EVER)];
    const stopped: string[] = [];
    const add = (child: Child, name: string) =>
      stack.add(child, async () => {
        stopped.push(name);
        await child.stop('SIGTERM', LIMIT_MS);
      });
    add(first, 'first');
    add(second, 'second');
    stack.requestStop();
    await stack.untilStopRequested();
    await stack.stopAll(() => {});
    expect(stopped).toEqual(['second', 'first']);
    expect([first.hasExited(), second.hasExited()]).toEqual([true, true]);
  });

  it('reports a process that ends by itself, with its last lines', async () => {
    const stack = createStack();
    const child = await startNode("console.log('out of luck'); process.exit(3)");
    stack.add(child, async () => {});
    await expect(stack.whileRunning(new Promise(() => {}))).rejects.toThrow(
      /sleeper ended by itself.*code 3.*\nout of luck/s,
    );
    await stack.stopAll(() => {});
  });
});
