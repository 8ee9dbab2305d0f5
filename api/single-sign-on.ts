import * as oidc from 'openid-client';
import type { SsoPerson } from '../db/sso-attempts.ts';

export type SingleSignOnOptions = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Where the identity provider sends people back to. */
  callbackUrl: string;
};

/** What is remembered of somebody who is sent to the identity provider, until they come back. */
export type SentAway = { state: string; nonce: string; codeVerifier: string };

export type SingleSignOn = {
  /** The address at the identity provider to send somebody to. */
  begin(state: string): Promise<{ address: string; nonce: string; codeVerifier: string }>;
  /** Whom the identity provider names. `search`: of the address they came back to. Throws when that cannot be believed. */
  finish(search: string, sent: SentAway): Promise<SsoPerson>;
};

const SCOPE = 'openid email profile';
const TIMEOUT_S = 10;
/** Between the clock of the identity provider and ours. */
const CLOCK_TOLERANCE_S = 30;

/** Of several ways to prove who we are the one that the provider names; where it names none, the specification's. */
const authenticateUs =
  (secret: string): oidc.ClientAuth =>
  (server, ...rest) => {
    const isPosted = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
    const authenticate = isPosted ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
    authenticate(server, ...rest);
  };

/** OpenID Connect with an authorization code, PKCE, state and nonce. The provider is looked up when it is first needed. */
export function createSingleSignOn(options: SingleSignOnOptions): SingleSignOn {
  const { issuer, clientId, clientSecret, callbackUrl } = options;
  let found: Promise<oidc.Configuration> | undefined;
  const provider = () => {
    found ??= oidc
      .discovery(
        new URL(issuer),
        clientId,
        { [oidc.clockTolerance]: CLOCK_TOLERANCE_S },
        authenticateUs(clientSecret),
        {
          timeout: TIMEOUT_S,
          // Signatures are looked at, although the token comes from the provider itself.
          execute: [
            oidc.enableNonRepudiationChecks,
            ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
          ],
        },
      )
      .catch((error: unknown) => {
        found = undefined;
        throw error;
      });
    return found;
  };
  return {
    begin: async (state) => {
      const codeVerifier = oidc.randomPKCECodeVerifier();
      const nonce = oidc.randomNonce();
      const address = oidc.buildAuthorizationUrl(await provider(), {
        redirect_uri: callbackUrl,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, nonce, codeVerifier };
    },
    finish: async (search, { state, nonce, codeVerifier }) => {
      const config = await provider();
      const cameBackTo = new URL(callbackUrl);
      cameBackTo.search = search;
      const tokens = await oidc.authorizationCodeGrant(config, cameBackTo, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('the identity provider sent no ID token');
      const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
      const isTold = claims.email !== undefined || !hasUserInfo;
      const told: Told = isTold ? claims : await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      return toPerson(claims.iss, claims.sub, told);
    },
  };
}

type Told = Readonly<Record<string, unknown>>;

/** Some providers say "true" where the specification has true. */
function toPerson(issuer: string, subject: string, { email, email_verified, name }: Told): SsoPerson {
  const isEmail = typeof email === 'string' && email.length > 0 && email.length <= 254;
  return {
    subject: `${issuer} ${subject}`,
    verifiedEmail: isEmail && (email_verified === true || email_verified === 'true') ? email : undefined,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined,
  };
}
