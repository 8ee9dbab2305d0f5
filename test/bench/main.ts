/** Every bench by its name; each is given the rest of the command line. */
const BENCHES: Record<string, () => Promise<{ run: (args: string[]) => Promise<void> }>> = {
  main: () => import('./main-job/bench.ts'),
  media: () => import('./media/bench.ts'),
  ingest: () => import('./ingest/bench.ts'),
  bulk: () => import('./bulk/bench.ts'),
  mailing: () => import('./mailing/bench.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = BENCHES[name];

try {
  if (!load) throw new Error(`usage: npm run bench -- <name> [options]; names: ${Object.keys(BENCHES).join(', ')}`);
  await (await load()).run(args);
  process.exit();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
