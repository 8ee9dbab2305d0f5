import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whoever is signed in at the provider. */
export type OidcPerson = { sub: string; email?: string; email_verified?: boolean; name?: string };

/** A small OpenID provider over real HTTP: code flow, PKCE, RS256. Tests change `person` and `wrong` as they go. */
export type OidcProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  person: OidcPerson;
  /** Claims of the next ID tokens that are not what they should be. */
  wrong: Record<string, unknown>;
  /** Signs the next ID tokens with a key that it does not publish. */
  signsWithOtherKey: boolean;
  /** Says e-mail and name at its userinfo endpoint only. */
  saysLittle: boolean;
  /** Authorization requests, as they came. */
  requests: URLSearchParams[];
  close(): Promise<void>;
};

type Grant = { nonce: string; challenge: string; redirectUri: string };
type State = {
  provider: OidcProvider;
  keys: Record<'own' | 'other', ReturnType<typeof makeKey>>;
  grants: Map<string, Grant>;
};
type Route = (state: State, request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

const TOKEN_LIFE_S = 300;
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startOidcProvider(port = 0): Promise<OidcProvider> {
  const server = createServer((request, response) => void answer(state, request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const provider: OidcProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: 'parley',
    clientSecret: 'oidc client/secret+1',
    person: { sub: 'person-1' },
    wrong: {},
    signsWithOtherKey: false,
    saysLittle: false,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const state: State = { provider, keys: { own: makeKey(), other: makeKey() }, grants: new Map() };
  return provider;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/.well-known/openid-configuration': ({ provider: { issuer } }) => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }),
  '/keys': ({ keys }) => ({
    keys: [{ ...keys.own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }],
  }),
  '/authorize': ({ provider, grants }, _request, response, { searchParams }) => {
    provider.requests.push(searchParams);
    const read = (name: string) => searchParams.get(name) ?? '';
    const code = randomUUID();
    grants.set(code, { nonce: read('nonce'), challenge: read('code_challenge'), redirectUri: read('redirect_uri') });
    const back = new URL(read('redirect_uri'));
    back.search = new URLSearchParams({ code, state: read('state') }).toString();
    response.writeHead(302, { location: back.href }).end();
  },
  '/token': async (state, request, response) => {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const grant = takeGrant(state, form);
    if (!grant || !isOurClient(request, state.provider)) {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');
      return undefined;
    }
    const idToken = makeIdToken(state, grant);
    return { access_token: randomUUID(), token_type: 'Bearer', expires_in: TOKEN_LIFE_S, id_token: idToken };
  },
  '/userinfo': ({ provider }) => provider.person,
};

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', state.provider.issuer);
  const result = await ROUTES[url.pathname]?.(state, request, response, url);
  if (response.writableEnded) return;
  response.writeHead(result ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? {}));
}

/** A code is good once, and for whoever knows the verifier. */
function takeGrant({ grants }: State, form: URLSearchParams): Grant | undefined {
  const grant = grants.get(form.get('code') ?? '');
  grants.delete(form.get('code') ?? '');
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  return grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri') ? grant : undefined;
}

function makeIdToken({ provider, keys }: State, { nonce }: Grant): string {
  const nowS = Math.trunc(Date.now() / 1000);
  const said = provider.saysLittle ? { sub: provider.person.sub } : provider.person;
  const base = { iss: provider.issuer, aud: provider.clientId, iat: nowS, exp: nowS + TOKEN_LIFE_S, nonce };
  const head = `${base64url({ alg: 'RS256', kid: 'own' })}.${base64url({ ...base, ...said, ...provider.wrong })}`;
  const { privateKey } = provider.signsWithOtherKey ? keys.other : keys.own;
  return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`;
}

/** HTTP Basic, both parts form-encoded first (RFC 6749, 2.3.1). */
function isOurClient(request: IncomingMessage, { clientId, clientSecret }: OidcProvider): boolean {
  const encoded = request.headers.authorization?.replace(/^Basic /, '') ?? '';
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return decode(id) === clientId && decode(secret) === clientSecret;
}
