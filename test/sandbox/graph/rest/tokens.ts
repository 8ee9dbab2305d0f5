import { createHash } from 'node:crypto';
import { GraphError, noSuchObject, wrongToken } from '../errors.ts';
import type { Fields } from '../messages/types.ts';
import type { App, BusinessNumber, Token, Waba } from '../model.ts';
import type { GraphWorld } from '../world.ts';

export const usualScopes = ['whatsapp_business_management', 'whatsapp_business_messaging'];

/** Accounts, numbers and templates belong to management, not to messaging. @throws GraphError 200 */
export function checkMayManage({ scopes }: Token): void {
  if (!scopes.includes('whatsapp_business_management')) throw new GraphError(200);
}

/** @throws GraphError 10 */
export function checkMayMessage({ scopes }: Token): void {
  if (!scopes.includes('whatsapp_business_messaging')) throw new GraphError(10);
}

/** The token of the header, else of the query. @throws GraphError 190 */
export function readToken(world: GraphWorld, authorization: string | undefined, query: Fields): Token {
  const token = world.tokens.get(givenToken(authorization, query));
  if (token === undefined) throw wrongToken();
  const problem = problemOf(world, token);
  if (problem !== undefined) throw wrongToken(problem);
  return token;
}

function givenToken(authorization: string | undefined, query: Fields): string {
  const header = /^(?:Bearer|OAuth) (.+)$/i.exec(authorization ?? '')?.[1];
  return header ?? (typeof query.access_token === 'string' ? query.access_token : '');
}

/** Subcodes: 463 has expired, 467 is no longer valid, 458 the app was removed (onboarding: token errors). */
function problemOf(world: GraphWorld, token: Token): number | undefined {
  if (token.revokedAs !== undefined) return token.revokedAs;
  if (token.expiresAtMs !== 0 && token.expiresAtMs <= world.core.clock.now()) return 463;
  return undefined;
}

/** @throws GraphError 100/33 for what the token may not see, just as for what does not exist */
export function numberFor(world: GraphWorld, token: Token, method: string, id: string): BusinessNumber {
  const number = world.numbers.get(id);
  if (number === undefined || !token.wabaIds.has(number.waba.wabaId)) throw noSuchObject(method, id);
  return number;
}

/** @throws GraphError 100/33, as above */
export function wabaFor(world: GraphWorld, token: Token, method: string, id: string): Waba {
  const waba = world.wabas.get(id);
  if (waba === undefined || !token.wabaIds.has(id)) throw noSuchObject(method, id);
  return waba;
}

/**
 * `GET /debug_token`: by the token of the same app, its own `{app}|{secret}` or any good one. @throws GraphError 100, 190
 */
export function inspectToken(world: GraphWorld, authorization: string | undefined, query: Fields): Fields {
  const given = givenToken(authorization, query);
  const { appId } = appOfToken(world, given) ?? readToken(world, authorization, query);
  const token = world.tokens.get(String(query.input_token ?? ''));
  if (token === undefined) {
    return { data: { error: { code: 190, message: 'Malformed access token' }, is_valid: false, scopes: [] } };
  }
  if (token.appId !== appId) {
    const message = '(#100) The App_id in the input_token did not match the Viewing App';
    throw new GraphError(100, { message });
  }
  const problem = problemOf(world, token);
  return {
    data: {
      app_id: token.appId,
      type: 'SYSTEM_USER',
      application: `App ${token.appId}`,
      data_access_expires_at: 0,
      expires_at: Math.floor(token.expiresAtMs / 1_000),
      is_valid: problem === undefined,
      issued_at: Math.floor(token.issuedAtMs / 1_000),
      scopes: token.scopes,
      granular_scopes: token.scopes.map((scope) => ({ scope, target_ids: inAnyOrder([...token.wabaIds]) })),
      user_id: systemUserId(token),
      ...(problem === undefined
        ? {}
        : { error: { code: 190, message: wrongToken(problem).message, subcode: problem } }),
    },
  };
}

/** `{app}|{secret}` of this very app. @throws GraphError 15 with any other token that is good, 190 */
export function appFor(world: GraphWorld, authorization: string | undefined, query: Fields, id: string): App {
  const app = appOfToken(world, givenToken(authorization, query));
  if (app === undefined) {
    readToken(world, authorization, query);
    throw new GraphError(15);
  }
  if (app.appId !== id) throw noSuchObject('GET', id);
  return app;
}

/** Not even the same at the next call (onboarding: code to token). */
function inAnyOrder(ids: string[]): string[] {
  const keyed = ids.map((id) => ({ id, key: Math.random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ id }) => id);
}

function appOfToken(world: GraphWorld, given: string): App | undefined {
  const [appId = '', secret] = given.split('|', 2);
  const app = world.apps.get(appId);
  return secret !== undefined && app?.appSecret === secret ? app : undefined;
}

const systemUserId = (token: Token): string =>
  `1${(createHash('sha256').update(token.accessToken).digest().readBigUInt64BE(0) % 10n ** 14n).toString().padStart(14, '0')}`;
