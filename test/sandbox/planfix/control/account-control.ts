import type { FastifyInstance } from 'fastify';
import { type AccountHost, accounts, createAccount, type NewAccount } from '../accounts.ts';
import { dumpAccount, dumpHints, dumpRate, summarizeAccount } from '../dump.ts';
import { retryTables } from '../hints.ts';
import { createMeter } from '../meter.ts';
import { changeSettings } from '../settings.ts';
import { accountOf, type Body, bodyOf, ControlError } from './input.ts';

const base = '/control/planfix/:account';

/** Control of accounts as wholes: creating, settings, token, scenario request, measured rate. */
export function registerAccountControl(server: FastifyInstance, host: AccountHost): void {
  server.post('/control/planfix/accounts', async (request, reply) => {
    const body = bodyOf(request.body);
    const many = Array.isArray(body.accounts) ? body.accounts : [body];
    const created = many.map((item) => createAccount(newAccount(bodyOf(item)), host).name);
    host.emit({ kind: 'planfix.accounts-created', accounts: created.length });
    return reply.code(201).send({ accounts: created });
  });

  server.get('/control/planfix', async () => ({ accounts: [...accounts.values()].map(summarizeAccount) }));

  server.get(base, async (request) => dumpAccount(accountOf(request.params)));

  server.put(`${base}/settings`, async (request) => {
    const account = accountOf(request.params);
    account.settings = changeSettings(account.settings, bodyOf(request.body));
    account.posts.wake();
    account.emit({ kind: 'planfix.settings-changed', account: account.name });
    return account.settings;
  });

  server.post(`${base}/token`, async (request) => {
    const account = accountOf(request.params);
    const { token, scopes } = bodyOf(request.body);
    if (typeof token === 'string') account.token = token;
    if (Array.isArray(scopes)) account.scopes = new Set(scopes.map(String));
    return { scopes: [...account.scopes] };
  });

  registerHintControl(server);

  server.get(`${base}/rate`, async (request) => {
    const { windowMs } = request.query as { windowMs?: string };
    return dumpRate(accountOf(request.params), windowMs === undefined ? undefined : Number(windowMs));
  });

  server.delete(`${base}/rate`, async (request) => {
    accountOf(request.params).meter = createMeter();
    return {};
  });
}

function registerHintControl(server: FastifyInstance): void {
  server.put(`${base}/hint`, async (request) => {
    const account = accountOf(request.params);
    const body = bodyOf(request.body);
    if (typeof body.url !== 'string') throw new ControlError(400, 'url is required');
    const retryDelaysMs = retryDelays(body.retry);
    account.hints.setTarget({ url: body.url, secret: String(body.secret ?? ''), retryDelaysMs });
    return dumpHints(account);
  });

  server.get(`${base}/hint`, async (request) => dumpHints(accountOf(request.params)));

  server.delete(`${base}/hint`, async (request) => {
    accountOf(request.params).hints.setTarget(undefined);
    return {};
  });

  server.post(`${base}/hint/thaw`, async (request) => {
    accountOf(request.params).posts.thaw();
    return {};
  });
}

function newAccount(body: Body): NewAccount {
  const { account, token, timeZone, seed, settings } = body;
  if (typeof account !== 'string' || !/^[\w-]+$/.test(account)) throw new ControlError(400, 'account is required');
  if (typeof token !== 'string' || token === '') throw new ControlError(400, 'token is required');
  if (seed !== undefined && seed !== 'standard' && seed !== 'empty') throw new ControlError(400, 'unknown seed');
  return { account, token, timeZone: timeZone as string | undefined, seed, settings: bodyOf(settings) };
}

/** `true` or "ru" and "en" mean the published tables, a list means those waits in milliseconds, nothing means none. */
function retryDelays(retry: unknown): number[] {
  if (Array.isArray(retry)) return retry.map(Number);
  if (retry === true) return retryTables.ru ?? [];
  if (typeof retry !== 'string') return [];
  const table = retryTables[retry];
  if (table === undefined) throw new ControlError(400, `unknown retry table ${retry}`);
  return table;
}
