import { buildPage } from './page.ts';
import { createSandbox } from './server.ts';
import { keepState } from './state-file.ts';

const usualPort = 3_100;
const { SANDBOX_PORT, SANDBOX_HOST = '127.0.0.1', SANDBOX_PAGE, SANDBOX_STATE_FILE } = process.env;
const { npm_lifecycle_event: npmScript } = process.env;

const sandbox = await createSandbox();
const { server } = sandbox;
const kept = SANDBOX_STATE_FILE ? await keepState(sandbox, SANDBOX_STATE_FILE) : undefined;
const address = await server.listen({ port: Number(SANDBOX_PORT ?? usualPort), host: SANDBOX_HOST });
process.stdout.write(`${JSON.stringify({ port: Number(new URL(address).port), msg: `sandbox at ${address}/` })}\n`);

// Tests start many sandboxes and look at the page in few of them; a person wants it up to date.
const isForPerson = npmScript === 'start' || npmScript === 'sandbox';
if (SANDBOX_PAGE === 'build' || (SANDBOX_PAGE === undefined && isForPerson)) buildPage();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    kept?.saveAtEnd();
    void server.close().then(() => process.exit(0));
  });
}
