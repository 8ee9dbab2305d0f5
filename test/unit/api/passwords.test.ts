import { describe, expect, it } from '@jest/globals';
import { hashSync } from '@node-rs/argon2';
import { createPasswords } from '../../../api/passwords.ts';

const PASSWORD = 'correct horse battery';

/** How often the event loop comes round meanwhile. */
async function countRounds(work: () => unknown): Promise<number> {
  let rounds = 0;
  let isDone = false;
  const go = () => {
    if (isDone) return;
    rounds += 1;
    setImmediate(go);
  };
  setImmediate(go);
  await work();
  isDone = true;
  return rounds;
}

describe('passwords', () => {
  const passwords = createPasswords();

  it('are known again, however the keyboard composes them, and others are not', async () => {
    const hash = await passwords.hash('Žluťoučký kůň'.normalize('NFC'));
    expect(hash).toMatch(/^\$argon2id\$/);
    expect(await passwords.verify('Žluťoučký kůň'.normalize('NFD'), hash)).toBe(true);
    expect(await passwords.verify('Žluťoučký kun', hash)).toBe(false);
  });

  it('are compared with something where there is nothing, and are never right', async () => {
    expect(await passwords.verify(PASSWORD, undefined)).toBe(false);
    expect(await passwords.verify('nobody has this password', undefined)).toBe(false);
    expect(await passwords.verify(PASSWORD, await passwords.hash(PASSWORD))).toBe(true);
  });

  it('are compared in turn, whether there is something to compare with or not', async () => {
    const hash = await passwords.hash(PASSWORD);
    const ended: string[] = [];
    const known = passwords.verify(PASSWORD, hash).then(() => ended.push('known'));
    const unknown = passwords.verify(PASSWORD, undefined).then(() => ended.push('unknown'));
    // Control: an answer that looks at nothing is there first.
    const atOnce = Promise.resolve(false).then(() => ended.push('at once'));
    await Promise.all([known, unknown, atOnce]);
    expect(ended).toEqual(['at once', 'known', 'unknown']);
  });

  it('are hashed beside the event loop', async () => {
    // Several, since a busy machine may give a single one's time to others.
    const severally = async () => {
      for (let one = 0; one < 10; one += 1) await passwords.hash(PASSWORD);
    };
    expect(await countRounds(severally)).toBeGreaterThan(10);
    // Control: what blocks it lets it come round at most once.
    expect(await countRounds(async () => hashSync(PASSWORD))).toBeLessThan(2);
  });
});
