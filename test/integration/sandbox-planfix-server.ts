import Fastify from 'fastify';
import { createCore, type SandboxCore } from '../sandbox/core/index.ts';
import { planfixSandbox } from '../sandbox/planfix/index.ts';

type Entity = {
  id: number;
  name: string;
  description: string;
  dateTime: Record<string, string>;
  assignees: { users: unknown[] };
  recipients: { users: unknown[] };
  customFieldData: unknown[];
  phones: unknown[];
  comments: ControlComment[];
  files: FileEntry[];
  custom: Record<string, unknown>;
  updates: unknown[];
  downloadUrl: string;
};

/** A file as REST shows it, and what control adds. */
export type FileEntry = { id: number; name: string; size: number; sizeBytes: number; sha256: string; url: string };

type ControlComment = {
  id: number;
  description: string;
  files: FileEntry[];
  editCount: number;
  edits: unknown[];
  isSilent: boolean;
};

type Named = 'task' | 'comment' | 'contact' | 'user' | 'object' | 'file';
type Listed = 'tasks' | 'comments' | 'contacts' | 'users' | 'templates' | 'objects' | 'processes' | 'statuses';

/** Whatever an answer may hold; each holds only some of it, which the tests assert. */
export type Body = Record<Named, Entity> &
  Record<Listed | 'customfields' | 'items', Entity[]> & {
    result: string;
    id: number;
    ref: string;
    error: string;
    failures: unknown;
    reason: string;
    waiting: number;
    total: number;
    log: unknown[];
    wrongForms: string[];
    candidates: unknown[];
    files: FileEntry[];
    comments: ControlComment[];
    custom: Record<string, unknown>;
    updates: unknown[];
    url: string;
    sha256: string;
    preselected: { id: string }[];
  };

/** An answer as bytes, as text and, where it is JSON, parsed. */
export type Answer = { status: number; headers: Headers; bytes: Buffer; text: string; body: Body };

export type Acme = {
  name: string;
  call: (method: string, path: string, body?: unknown, headers?: object, signal?: AbortSignal) => Promise<Answer>;
  /** A REST call that must succeed; resolves to its body. */
  ok: (method: string, path: string, body?: unknown) => Promise<Body>;
  controlCall: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** A control call below the account that must succeed; resolves to its body. */
  control: (method: string, path: string, body?: unknown) => Promise<Body>;
  settings: (change: object) => Promise<void>;
  /** Adds a fault rule for this account; resolves to its id. */
  fault: (rule: object) => string;
  contact: (name: string, phone: string) => Promise<{ id: number; ref: string }>;
  dump: () => Promise<Body>;
};

export type PlanfixServer = {
  origin: string;
  core: SandboxCore;
  clock: { set: (iso: string) => void; advance: (ms: number) => void };
  fetch: (method: string, path: string, body?: unknown, headers?: object, signal?: AbortSignal) => Promise<Answer>;
  account: (more?: object) => Promise<Acme>;
  until: (condition: () => Promise<boolean>) => Promise<void>;
  close: () => Promise<void>;
};

const deadlineMs = 30_000;

/** Planfix's half of the sandbox on a port of its own, over the sandbox's real core; its clock stands still. */
export async function startPlanfixServer(): Promise<PlanfixServer> {
  const core = createCore();
  core.clock.freeze();
  const server = Fastify({ forceCloseConnections: true });
  await server.register(planfixSandbox(core));
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  let accounts = 0;

  const call: PlanfixServer['fetch'] = async (method, path, body, headers = {}, signal) => {
    const isRaw = body instanceof FormData || body instanceof Uint8Array || body instanceof ReadableStream;
    const isJson = body !== undefined && !isRaw;
    const response = await fetch(path.startsWith('http') ? path : `${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(isJson ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
      ...(isRaw ? { body, duplex: 'half' } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    return { status: response.status, headers: response.headers, bytes, text, body: parsed(text) };
  };

  const account = async (more: object = {}): Promise<Acme> => {
    accounts += 1;
    const name = `acme-${accounts}`;
    const created = { account: name, token: `token-${accounts}`, ...more };
    mustSucceed(await call('POST', '/control/planfix/accounts', created));
    return acme(name, created.token, call, (rule) => core.faults.add(rule));
  };

  return {
    origin,
    core,
    clock: { set: (iso) => core.clock.set(Date.parse(iso)), advance: (ms) => core.clock.advance(ms) },
    fetch: call,
    account,
    until: async (condition) => {
      const end = performance.now() + deadlineMs;
      while (!(await condition())) {
        if (performance.now() > end) throw new Error(`not met in time: ${condition}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => server.close(),
  };
}

function acme(
  name: string,
  token: string,
  call: PlanfixServer['fetch'],
  addFault: (rule: Record<string, unknown>) => { id: string },
): Acme {
  const rest: Acme['call'] = (method, path, body, headers = {}, signal) =>
    call(method, `/planfix/${name}/rest${path}`, body, { authorization: `Bearer ${token}`, ...headers }, signal);
  const controlCall: Acme['controlCall'] = (method, path, body) =>
    call(method, `/control/planfix/${name}${path}`, body);
  const control: Acme['control'] = async (method, path, body) => mustSucceed(await controlCall(method, path, body));
  return {
    name,
    call: rest,
    ok: async (method, path, body) => mustSucceed(await rest(method, path, body)),
    controlCall,
    control,
    settings: async (change) => {
      await control('PUT', '/settings', change);
    },
    fault: (rule) => addFault({ target: 'planfix', account: name, ...rule }).id,
    contact: (contactName, phone) => control('POST', '/contacts', { name: contactName, phone }),
    dump: () => control('GET', ''),
  };
}

function mustSucceed(answer: Answer): Body {
  if (answer.status >= 300 || answer.body.result === 'fail') throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return {} as Body;
  }
}

export type Dialogue = { acme: Acme; contact: string; contactId: number; task: number };

/** A customer's task in an account of its own. */
export async function startDialogue(planfix: PlanfixServer, settings: object = {}): Promise<Dialogue> {
  const acme = await planfix.account({ settings });
  const contact = await acme.contact('Jane', '+49 151 2345');
  const mine = { assigner: { id: contact.ref }, counterparty: { id: contact.id } };
  const { id } = await acme.ok('POST', '/task/', { name: 'Jane', template: { id: 10 }, ...mine });
  return { acme, contact: contact.ref, contactId: contact.id, task: id };
}
