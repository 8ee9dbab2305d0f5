import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readStatus } from '../../../../activities/channels/whatsapp/read-status.ts';
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

/** Every order of the words, each word once. */
function permutations<T>(words: readonly T[]): T[][] {
  if (words.length === 0) return [[]];
  return words.flatMap((word, at) => permutations(words.toSpliced(at, 1)).map((others) => [word, ...others]));
}

/** A wrong machine, to show that the properties can fail: the word that came last wins. */
const lastWins = (_: MessageState, incoming: MessageState) => incoming;
/** Another: what was refused or failed stays so. */
const failureStays = (current: MessageState, incoming: MessageState) =>
  current === 'failed' || current === 'refused' ? current : mergeDelivery(current, incoming);

type Merge = (current: MessageState, incoming: MessageState) => MessageState;
const endings = (orders: MessageState[][], merge: Merge) =>
  new Set(orders.map((order) => order.reduce(merge, 'ready' as MessageState)));

/** Meta's words as the parser reads them; an unknown word is nothing. */
const META_WORDS = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
function wordOf(status: string): MessageState | undefined {
  const item = { id: 'wamid.1', status, timestamp: '1764000000', recipient_id: '4915112345678' };
  const read = readStatus(item, { connectionKey: '1' } as Parameters<typeof readStatus>[1]);
  return read.kind === 'status' ? read.status : undefined;
}

describe('the words of the network among our own', () => {
  const words = META_WORDS.map((word) => wordOf(word)).filter((word) => word !== undefined);
  const OWN: MessageState[] = ['waiting', 'parked', 'sending', 'unknown', 'refused'];

  it('are five, of which "played" is read', () => {
    expect(words).toEqual(['sent', 'delivered', 'read', 'read', 'failed']);
    expect(wordOf('pondered')).toBeUndefined();
  });

  it('end in the same state in every order, for every choice of words and with every state of ours among them', () => {
    const bySubset = Array.from({ length: 2 ** words.length }, (_, bits) =>
      words.filter((_word, at) => bits & (1 << at)),
    );
    for (const subset of bySubset) {
      for (const own of [undefined, ...OWN]) {
        const orders = permutations(own === undefined ? subset : [...subset, own]);
        expect([subset, endings(orders, mergeDelivery).size]).toEqual([subset, 1]);
      }
    }
  });

  it.each([
    ['the last word wins', lastWins],
    ['failures stay', failureStays],
  ])('would not under the rule that %s', (_, merge) => {
    expect(endings(permutations(['delivered', 'failed']), merge).size).toBeGreaterThan(1);
  });

  const heard = fc.array(fc.constantFrom(...words, ...OWN), { minLength: 1, maxLength: 20 });
  const isMonotone = (order: MessageState[], merge: Merge) => {
    let state: MessageState = 'ready';
    return order.every((word) => {
      const before = state;
      state = merge(before, word);
      // Going back to what was would change it again.
      return merge(state, before) === state;
    });
  };

  it('never take a message back', () => {
    fc.assert(fc.property(heard, (order) => isMonotone(order, mergeDelivery)));
    expect(isMonotone(['read', 'sent'], lastWins)).toBe(false);
  });

  it('change nothing when all of them are heard again', () => {
    fc.assert(
      fc.property(heard, (order) => {
        const once = order.reduce(mergeDelivery, 'ready' as MessageState);
        expect([...order, ...order.toReversed()].reduce(mergeDelivery, 'ready' as MessageState)).toBe(once);
      }),
    );
  });
});
