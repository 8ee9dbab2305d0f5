import { expect, it } from '@jest/globals';
import { MESSAGE_KINDS, startsConversation } from '../../../../workflows/domain/message.ts';

it('starts a conversation with what a customer says, and not with signs about an earlier message', () => {
  const silent = MESSAGE_KINDS.filter((kind) => !startsConversation(kind));
  expect(silent).toEqual(['reaction', 'system', 'edit', 'revoke', 'request_welcome']);
});
