import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiWorld, startApiWorld } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld({ openRatePerMinute: 3 });
});
afterAll(() => world.close());

const statusWith = async (key: string) => (await world.call('GET', '/v1/messages', { key })).status;
const aKey = async () => (await world.call('POST', '/v1/api-keys', { body: { name: 'ours', scopes: ['read'] } })).body;

describe('keys that nobody knows', () => {
  it('are not even looked up once too many came from an address; those that were known before are', async () => {
    const [early, late] = [await aKey(), await aKey()];
    expect(await statusWith(String(early.secret))).toBe(200);
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push(await statusWith(`parley_made-up-${index}`));
    expect(statuses).toEqual([401, 401, 401, 429]);
    // It would open the door if it was looked up.
    expect(await statusWith(String(late.secret))).toBe(429);
    // Control: whoever was known goes on, and so does the bootstrap key.
    expect(await statusWith(String(early.secret))).toBe(200);
    expect((await world.call('GET', '/v1/messages')).status).toBe(200);
    // Until it is revoked.
    await world.call('DELETE', `/v1/api-keys/${early.id}`);
    expect([await statusWith(String(early.secret)), await statusWith(String(early.secret))]).toEqual([401, 429]);
  });
});
