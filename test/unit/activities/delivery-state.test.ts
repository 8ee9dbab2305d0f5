import { describe, expect, it } from '@jest/globals';
import { deliveryWord } from '../../../activities/delivery-state.ts';
import type { MessageState } from '../../../workflows/domain/message.ts';

/** Everything that a message to the customer can be. */
const OUTBOUND: MessageState[] = [
  'ready',
  'sending',
  'waiting',
  'sent',
  'delivered',
  'read',
  'failed',
  'refused',
  'unknown',
];

describe('deliveryWord', () => {
  it.each([
    ['sent', 'sent', 'отправлено'],
    ['delivered', 'delivered', 'доставлено'],
    ['read', 'read', 'прочитано'],
    ['failed', 'not delivered', 'не доставлено'],
    ['refused', 'not delivered', 'не доставлено'],
    ['waiting', 'waits for the customer to write', 'ждёт сообщения клиента'],
    ['unknown', 'not known', 'неизвестно'],
  ] as const)('of %s is "%s", "%s"', (state, en, ru) => {
    expect([deliveryWord(state, 'en'), deliveryWord(state, 'ru')]).toEqual([en, ru]);
  });

  it('has a Russian word for every state that a message to the customer can be in', () => {
    for (const state of OUTBOUND) expect(deliveryWord(state, 'ru')).toMatch(/^[а-яё ]+$/);
    // Control: what only a message of the customer can be has none.
    expect(deliveryWord('posted', 'ru')).toBe('posted');
  });
});
