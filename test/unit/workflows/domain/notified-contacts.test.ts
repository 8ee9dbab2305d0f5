import { describe, expect, it } from '@jest/globals';
import { type CommentFacts, contactsToTell } from '../../../../workflows/domain/notified-contacts.ts';

const comment = (facts: Partial<CommentFacts> = {}): CommentFacts => ({
  id: 5001,
  owner: 'user:3',
  isDeleted: false,
  isHidden: false,
  notified: ['contact:101'],
  ...facts,
});

describe('contactsToTell', () => {
  it.each([
    { title: "an employee's comment that names the contact", given: comment(), then: [101] },
    {
      title: 'two contacts, each once',
      given: comment({ notified: ['contact:101', 'contact:7', 'contact:101'] }),
      then: [101, 7],
    },
    { title: 'a comment that notifies nobody', given: comment({ notified: [] }), then: [] },
    { title: 'a comment that notifies a colleague', given: comment({ notified: ['user:4'] }), then: [] },
    { title: "the contact's own comment", given: comment({ owner: 'contact:101' }), then: [] },
    { title: 'a hidden comment', given: comment({ isHidden: true }), then: [] },
    { title: 'a deleted comment', given: comment({ isDeleted: true }), then: [] },
    {
      title: 'something that only looks like a contact',
      given: comment({ notified: ['contact:', 'contact:1a'] }),
      then: [],
    },
  ])('$title → $then', ({ given, then }) => {
    expect(contactsToTell(given)).toEqual(then);
  });
});
