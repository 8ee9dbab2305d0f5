import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeDelivery } from '../../../../workflows/domain/delivery-status.ts';
import { MESSAGE_STATES, type MessageState } from '../../../../workflows/domain/message.ts';

const OUTBOUND: MessageState[] = [
  'ready',
  'waiting',
  'parked',
  'sending',
  'unknown',
  'refused',
  'sent',
  'failed',
  'delivered',
  'read',
];
const outbound = fc.constantFrom(...OUTBOUND);
const merged = (states: MessageState[], start: MessageState = 'ready') => states.reduce(mergeDelivery, start);

describe('mergeDelivery', () => {
  it.each<[MessageState, MessageState, MessageState]>([
    ['ready', 'sending', 'sending'],
    ['sending', 'unknown', 'unknown'],
    ['unknown', 'sent', 'sent'],
    ['unknown', 'failed', 'failed'],
    ['sent', 'read', 'read'],
    ['read', 'delivered', 'read'],
    ['delivered', 'sent', 'delivered'],
    ['sent', 'failed', 'failed'],
    ['failed', 'sent', 'failed'],
    ['failed', 'delivered', 'delivered'],
    ['delivered', 'failed', 'delivered'],
    ['read', 'failed', 'read'],
    ['parked', 'delivered', 'delivered'],
    ['refused', 'sent', 'sent'],
  ])('%s hears %s: %s', (current, incoming, expected) => {
    expect(mergeDelivery(current, incoming)).toBe(expected);
  });

  it('ends the same whatever the order and however often each is heard', () => {
    const heard = fc.array(outbound, { minLength: 1, maxLength: 12 });
    const shuffled = heard.chain((states) =>
      fc.tuple(
        fc.constant(states),
        fc
          .shuffledSubarray(states, { minLength: states.length })
          .chain((order) =>
            fc.array(fc.constantFrom(...order), { maxLength: 12 }).map((repeats) => [...order, ...repeats]),
          ),
      ),
    );
    fc.assert(fc.property(shuffled, ([states, again]) => merged(again) === merged(states)));
  });

  it('is associative, commutative and idempotent', () => {
    fc.assert(
      fc.property(outbound, outbound, outbound, (a, b, c) => {
        expect(mergeDelivery(mergeDelivery(a, b), c)).toBe(mergeDelivery(a, mergeDelivery(b, c)));
        expect(mergeDelivery(a, b)).toBe(mergeDelivery(b, a));
        expect(mergeDelivery(a, a)).toBe(a);
      }),
    );
  });

  it('says delivered or read once either was heard, and failed only without them', () => {
    fc.assert(
      fc.property(fc.array(outbound, { maxLength: 10 }), (states) => {
        const result = merged(states);
        if (states.includes('read')) expect(result).toBe('read');
        else if (states.includes('delivered')) expect(result).toBe('delivered');
        else if (states.includes('failed')) expect(result).toBe('failed');
      }),
    );
  });

  it('leaves inbound messages alone', () => {
    for (const inbound of ['received', 'posted', 'ignored'] as const) {
      for (const state of MESSAGE_STATES) expect(mergeDelivery(inbound, state)).toBe(inbound);
      expect(mergeDelivery('sent', inbound)).toBe('sent');
    }
  });
});
