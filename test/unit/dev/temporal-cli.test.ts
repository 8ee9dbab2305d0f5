import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findTemporalCli } from '../../../dev/temporal-cli.ts';

describe("Temporal's program", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that runs, or does not. */
  const plant = (name: string, exitCode = 0) => {
    const path = join(folder, name, 'temporal');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const find = async (environment: NodeJS.ProcessEnv) => {
    const said: string[] = [];
    return { path: await findTemporalCli((line) => said.push(line), environment), said };
  };

  it('is the one that TEMPORAL_CLI names, whatever is on the PATH', async () => {
    const named = plant('named');
    const onPath = plant('on-path');
    expect(await find({ TEMPORAL_CLI: named, PATH: dirname(onPath) })).toEqual({ path: named, said: [] });
  });

  it('is the first on the PATH that runs', async () => {
    const [broken, works] = [plant('broken', 1), plant('works')];
    const PATH = ['', join(folder, 'nothing'), dirname(broken), dirname(works)].join(delimiter);
    expect(await find({ PATH })).toEqual({ path: works, said: [] });
  });

  it('is looked for elsewhere when TEMPORAL_CLI does not run, which is said', async () => {
    const [broken, onPath] = [plant('named-broken', 1), plant('beside')];
    const { path, said } = await find({ TEMPORAL_CLI: broken, PATH: dirname(onPath) });
    expect(path).toBe(onPath);
    expect(said).toEqual([`TEMPORAL_CLI: ${broken} does not run; looking on.`]);
  });
});
