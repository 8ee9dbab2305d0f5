import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { Agent, request as sendRequest } from 'undici';
import type { SandboxCore } from '../core/index.ts';
import { type AccountHost, accounts, removeAllAccounts, settlePending } from './accounts.ts';
import { registerAccountControl } from './control/account-control.ts';
import { registerButtonControl } from './control/button-control.ts';
import { registerCatalogueControl } from './control/catalogue-control.ts';
import { registerCommentControl } from './control/comment-control.ts';
import { registerFileControl } from './control/file-control.ts';
import { ControlError } from './control/input.ts';
import { registerObjectControl } from './control/object-control.ts';
import { dumpAccount, summarizeAccount } from './dump.ts';
import { PlanfixFailure } from './failure.ts';
import type { PostForm } from './posts.ts';
import { registerRest } from './rest/plugin.ts';
import { registerStorage } from './storage.ts';

const shownAccounts = 5;
const shownTasks = 100;

/** Planfix's REST API below `/planfix/:account/rest`, its file storage, and its control below `/control/planfix`. */
export function planfixSandbox(core: SandboxCore): FastifyPluginAsync {
  return async (server) => {
    const agent = new Agent({ connections: 64 });
    server.addHook('onClose', async () => {
      removeAllAccounts();
      await agent.destroy();
    });
    await server.register(async (rest) => registerRest(rest, core));
    await server.register(async (storage) => registerStorage(storage, core));
    await server.register(async (control) => registerControl(control, accountHost(core, agent)));
  };
}

/** What the page shows: the first accounts with their newest tasks, and the counts of all. */
export function planfixState(): unknown {
  const all = [...accounts.values()];
  return {
    accounts: all.slice(0, shownAccounts).map((account) => {
      settlePending(account);
      return dumpAccount(account, shownTasks);
    }),
    all: all.map(summarizeAccount),
  };
}

/** Forgets every account. */
export function resetPlanfix(): void {
  removeAllAccounts();
}

function registerControl(server: FastifyInstance, host: AccountHost): void {
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof ControlError) return reply.code(error.status).send({ error: error.message });
    const isMistake = error instanceof PlanfixFailure || error instanceof RangeError;
    if (isMistake) return reply.code(400).send({ error: error.message });
    throw error;
  });
  registerAccountControl(server, host);
  registerButtonControl(server);
  registerCatalogueControl(server);
  registerCommentControl(server);
  registerFileControl(server);
  registerObjectControl(server);
}

function accountHost(core: SandboxCore, agent: Agent): AccountHost {
  const post: PostForm = async (url, form, headers, timeoutMs) => {
    const { statusCode, body } = await sendRequest(url, {
      dispatcher: agent,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: statusCode, text: await readStart(body) };
  };
  return { clock: core.clock, post, emit: core.bus.emit };
}

const keptAnswerBytes = 16_384;

/** The start of an answer; the rest of a longer one is not waited for. */
async function readStart(body: AsyncIterable<Buffer> & { destroy: () => unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= keptAnswerBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, keptAnswerBytes).toString();
}
