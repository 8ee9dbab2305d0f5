import { expect, it } from '@jest/globals';
import { createCore } from '../sandbox/core/index.ts';
import { createApp } from '../sandbox/graph/control/business.ts';
import { putNumber } from '../sandbox/graph/control/numbers.ts';
import {
  addCustomer,
  chatOf,
  createMessage,
  createWorld,
  keptMessages as kept,
  pageOfMessages,
  rememberMessage,
} from '../sandbox/graph/world.ts';

it('remembers the newest messages only, in every list of them', () => {
  const world = createWorld(createCore());
  world.apps.set('1', createApp('1', 'x'));
  const number = putNumber(world, { phoneNumberId: '2', wabaId: '3', displayPhoneNumber: '+1 555 01', appId: '1' });
  const chat = chatOf(number, addCustomer(world, { name: 'Anna' }));
  const remember = (index: number) =>
    rememberMessage(
      world,
      createMessage(chat, { id: `m${index}`, from: 'business', type: 'text', text: '', payload: {}, atMs: 0 }),
    );
  for (let index = 0; index < kept; index += 1) remember(index);
  expect([world.messages.size, chat.messages.length, world.messages.has('m0')]).toEqual([kept, kept, true]);
  for (let index = kept; index < kept + 3; index += 1) remember(index);
  expect([world.messages.size, chat.messages.length]).toEqual([kept, kept]);
  expect([world.messages.has('m2'), world.messages.has('m3'), chat.messages[0]?.id]).toEqual([false, true, 'm3']);
  const first = pageOfMessages(world, -1, 2, () => true);
  expect(first.items.map(({ seq, message }) => [seq, message.id])).toEqual([
    [3, 'm3'],
    [4, 'm4'],
  ]);
  const last = pageOfMessages(world, kept, 2, () => true);
  expect([last.items.map(({ seq }) => seq), last.nextAfter]).toEqual([[kept + 1, kept + 2], null]);
  expect(pageOfMessages(world, -1, 5, () => false)).toEqual({ items: [], nextAfter: null });
});
