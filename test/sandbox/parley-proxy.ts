import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, request as sendRequest } from 'undici';
import type { SandboxCore } from './core/index.ts';

/** Where the product's API is, and a key for it. */
type ParleyAddress = { url: string; key: string };

/** The product as the page calls it: by this server, which alone knows the key. */
export type ParleyProxy = {
  /** Undefined until somebody has told. */
  address: () => { url: string } | undefined;
  forget: () => void;
  register: (server: FastifyInstance, core: SandboxCore) => Promise<void>;
};

const callLimitMs = 60_000;
const passedOn = ['content-type', 'idempotency-key', 'accept'];
const unknown = 'the sandbox does not know where Parley is: PUT /control/parley { url, key }';

export function createParleyProxy(): ParleyProxy {
  let known: ParleyAddress | undefined;
  const address = () => known && { url: known.url };
  return {
    address,
    forget: () => {
      known = undefined;
    },
    register: async (server, core) => {
      const agent = new Agent({ connections: 16 });
      server.addHook('onClose', async () => agent.destroy());
      server.put('/control/parley', async (request) => {
        known = readAddress(request.body);
        core.bus.emit({ kind: 'parley' });
        return address();
      });
      server.get('/control/parley', async (_request, reply) => address() ?? reply.code(404).send({ error: unknown }));
      await server.register(async (raw) => {
        raw.removeAllContentTypeParsers();
        raw.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
        raw.all('/control/parley/v1/*', async (request, reply) => {
          if (known === undefined) return reply.code(404).send({ error: unknown });
          return passOn(known, agent, request, reply);
        });
      });
    },
  };
}

/** Throws a RangeError, which the control API answers with 400. */
function readAddress(body: unknown): ParleyAddress {
  const { url, key } = Object(body) as Record<string, unknown>;
  if (typeof url !== 'string' || !URL.canParse(url)) throw new RangeError('url must be an address');
  if (typeof key !== 'string' || key === '') throw new RangeError('key is required');
  return { url: new URL(url).href.replace(/\/+$/, ''), key };
}

/** The call as it came, to the same path below `/v1`; bodies are streamed both ways. */
async function passOn({ url, key }: ParleyAddress, agent: Agent, request: FastifyRequest, reply: FastifyReply) {
  // Written out by URL, so that no ".." leads elsewhere with the key.
  const target = new URL(`${url}${request.url.slice('/control/parley'.length)}`);
  if (!target.href.startsWith(`${url}/v1/`)) return reply.code(404).send({ error: 'only what is below /v1' });
  const headers = Object.fromEntries(
    passedOn.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])),
  );
  try {
    const answer = await sendRequest(target, {
      dispatcher: agent,
      method: request.method as 'GET',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body: (request.body as IncomingMessage | undefined) ?? null,
      signal: AbortSignal.timeout(callLimitMs),
    });
    const type = answer.headers['content-type'];
    return reply
      .code(answer.statusCode)
      .type(typeof type === 'string' ? type : 'application/octet-stream')
      .send(answer.body);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return reply.code(502).send({ error: `Parley at ${url} cannot be reached: ${why}` });
  }
}
