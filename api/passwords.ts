import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { Problem } from './problem-details.ts';
import { createTurns } from './turns.ts';

const SHORTEST = 12;
const LONGEST = 200;
/** argon2id, which is the library's default, with what OWASP recommends at least. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Whoever's password is not looked at by then is asked to try again. */
const PATIENCE_MS = 5_000;

/** A password that somebody chooses. */
export const newPasswordSchema = z
  .string()
  .min(SHORTEST, `must have at least ${SHORTEST} characters`)
  .max(LONGEST, `must have at most ${LONGEST} characters`);
/** A password that somebody has. */
export const passwordSchema = z.string().min(1).max(LONGEST);

export type Passwords = {
  hash(password: string): Promise<string>;
  /** `hash` undefined: there is none to compare with; that takes as long, and is never right. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
};

/**
 * Hashes in the threads of libuv, one at a time: that takes memory and a whole core, and what else the process does
 * must not wait for it.
 */
export function createPasswords(): Passwords {
  const inTurn = createTurns(PATIENCE_MS);
  // The same characters, however the keyboard composes them.
  const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'));
  const decoy = inTurn(() => hash('nobody has this password', COST));
  decoy.catch(() => undefined);
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    await inTurn(() => work().then(resolve, reject)).catch(() => {
      throw new Problem('unavailable', 'Many people sign in at this moment; try again in a moment');
    });
    return promise;
  };
  return {
    hash: (password) => run(() => hash(bytesOf(password), COST)),
    verify: (password, known) =>
      run(async () => {
        const isRight = await verify(known ?? (await decoy), bytesOf(password));
        return known !== undefined && isRight;
      }),
  };
}
