import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Language } from '../db/operators.ts';
import { findSession, type SessionRow } from '../db/sessions.ts';
import { findLink, redeemLink, type UsableLink } from '../db/sign-in-links.ts';
import {
  type BeginSession,
  countAttempt,
  findByEmail,
  readPasswordHash,
  recordLock,
  signIn,
  uncountAttempt,
} from '../db/sign-ins.ts';
import type { Session } from './authentication.ts';
import type { ServerOptions } from './build-server.ts';
import type { Passwords } from './passwords.ts';
import { invalidField, Problem } from './problem-details.ts';
import { digestOf, makeSecret, type SecretCookie, sessionCookie } from './session-cookie.ts';

/** The ways in: each ends in a session of a new secret, whatever cookie the browser brought along. */
export type SignIn = {
  byPassword(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { email: string; password: string },
  ): Promise<Session>;
  byLink(request: FastifyRequest, reply: FastifyReply, given: LinkGiven): Promise<Session>;
  /** Another password for whoever is signed in; all their sessions end, and a new one begins. */
  changePassword(reply: FastifyReply, session: Session, given: { current: string; next: string }): Promise<Session>;
  lookAtLink(secret: string): Promise<UsableLink>;
  /** The session that is to begin, and what makes the browser keep it. */
  prepare(request: FastifyRequest): PreparedSession;
};

export type LinkGiven = {
  secret: string;
  name: string | undefined;
  email: string | undefined;
  language: Language;
  password: string;
};
export type PreparedSession = {
  secret: string;
  begin: Omit<BeginSession, 'operatorId' | 'way'>;
  keep(reply: FastifyReply): void;
};

export type SignInParts = Pick<ServerOptions, 'db' | 'waits' | 'publicUrl'> & { passwords: Passwords };

const emailHashOf = (email: string) => digestOf(email.trim().toLowerCase());

export function createSignIn(parts: SignInParts): SignIn {
  const { db, waits, passwords } = parts;
  const cookie = sessionCookie(parts.publicUrl);
  const prepare = (request: FastifyRequest) => prepareSession(parts, cookie, cookie.read(request));
  const done = async (prepared: PreparedSession, reply: FastifyReply): Promise<Session> => {
    const row = await findSession(db, prepared.begin.secretHash, waits.sessionIdleMs);
    if (!row) throw new Problem('conflict', 'The session was ended at once; sign in again');
    prepared.keep(reply);
    return { ...(row satisfies SessionRow), secret: prepared.secret };
  };
  return {
    prepare,
    lookAtLink: (secret) => lookAtLink(parts, secret),
    byPassword: async (request, reply, { email, password }) => {
      const emailHash = emailHashOf(email);
      const attempt = await countedAttempt(parts, emailHash);
      const candidate = await findByEmail(db, email.trim());
      const passwordHash = candidate?.passwordHash ?? undefined;
      const isRight = await verifyCounted(parts, emailHash, password, passwordHash);
      if (!isRight && attempt.isLast) await recordLock(db, candidate?.id);
      const prepared = prepare(request);
      const isIn =
        isRight &&
        candidate !== undefined &&
        passwordHash !== undefined &&
        (await signIn(
          db,
          { ...prepared.begin, operatorId: candidate.id, way: 'password' },
          { emailHash, passwordHash },
        ));
      if (!isIn) throw wrongPassword();
      return done(prepared, reply);
    },
    byLink: async (request, reply, given) => {
      const prepared = prepare(request);
      await redeemGiven(parts, given, prepared);
      return done(prepared, reply);
    },
    changePassword: async (reply, session, { current, next }) => {
      const emailHash = emailHashOf(session.email);
      const attempt = await countedAttempt(parts, emailHash);
      const passwordHash = (await readPasswordHash(db, session.operatorId)) ?? undefined;
      const isRight = await verifyCounted(parts, emailHash, current, passwordHash);
      if (!isRight && attempt.isLast) await recordLock(db, session.operatorId);
      const prepared = prepareSession(parts, cookie, session.secret);
      const isChanged =
        isRight &&
        passwordHash !== undefined &&
        (await signIn(
          db,
          { ...prepared.begin, operatorId: session.operatorId, way: 'password' },
          { emailHash, passwordHash, newHash: await hashChosen(passwords, 'password.next', next, session.email) },
        ));
      if (!isChanged) throw invalidField('password.current', 'This is not your password', 'Type your present password');
      return done(prepared, reply);
    },
  };
}

function prepareSession({ waits }: SignInParts, cookie: SecretCookie, former: string | undefined): PreparedSession {
  const { secret, secretHash } = makeSecret();
  const formerHash = former === undefined ? undefined : digestOf(former);
  return {
    secret,
    begin: { secretHash, formerHash, times: waits },
    keep: (reply) => cookie.set(reply, secret, waits.sessionMs),
  };
}

/** Whether somebody has the address, and whether the password was right, makes no difference to what is said here. */
async function countedAttempt({ db, waits }: SignInParts, emailHash: Buffer): Promise<{ isLast: boolean }> {
  const attempt = await countAttempt(db, emailHash, waits.signInLockMs);
  if (attempt) return attempt;
  const minutes = Math.ceil(waits.signInLockMs / 60_000);
  const detail =
    `Too many wrong passwords for this e-mail address: none is looked at for ${minutes} minutes. ` +
    'Wait, or ask an administrator for a link to choose a new password';
  throw new Problem('rate-limited', detail, { headers: { 'retry-after': `${Math.ceil(waits.signInLockMs / 1_000)}` } });
}

async function verifyCounted(
  { db, passwords }: SignInParts,
  emailHash: Buffer,
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  try {
    return await passwords.verify(password, passwordHash);
  } catch (error) {
    await uncountAttempt(db, emailHash);
    throw error;
  }
}

const wrongPassword = () =>
  new Problem(
    'unauthenticated',
    'The e-mail address or the password is not right. Correct them, or ask an administrator for a link to choose a new password',
  );

async function lookAtLink({ db }: SignInParts, secret: string): Promise<UsableLink> {
  const link = await findLink(db, digestOf(secret));
  if (link) return link;
  const detail = 'This link was used already, has expired, or is not complete; ask an administrator for a new one';
  throw new Problem('not-found', detail);
}

async function redeemGiven(parts: SignInParts, given: LinkGiven, { begin }: PreparedSession): Promise<void> {
  const { secret, name, language, password } = given;
  const link = await lookAtLink(parts, secret);
  if (link.purpose === 'first-operator') {
    if (given.name === undefined) throw invalidField('name', 'The name is missing', 'Send your name');
    if (given.email === undefined) throw invalidField('email', 'The e-mail address is missing', 'Send your address');
  } else if (given.email !== undefined && given.email.toLowerCase() !== link.email?.toLowerCase()) {
    throw invalidField('email', 'This link is for another e-mail address', 'Leave it out');
  }
  const passwordHash = await hashChosen(parts.passwords, 'password', password, given.email ?? link.email ?? '');
  const use = { secretHash: digestOf(secret), name, email: given.email, language, passwordHash };
  const used = await redeemLink(parts.db, { ...use, session: begin, emailHashOf });
  // Another browser was faster.
  if (!used) await lookAtLink(parts, secret);
  if (!used) throw new Problem('conflict', 'Nothing was changed; open the link again');
}

async function hashChosen(passwords: Passwords, path: string, password: string, email: string): Promise<string> {
  if (password.toLowerCase() === email.toLowerCase()) {
    throw invalidField(path, 'The password is the e-mail address', 'Choose another one');
  }
  return passwords.hash(password);
}
