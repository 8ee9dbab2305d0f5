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
    { title: "an employee's comment that names the contact", given: comment(), expected: [101] },
    {
      title: 'two contacts, each once',
      given: comment({ notified: ['contact:101', 'contact:7', 'contact:101'] }),
      expected: [101, 7],
    },
    { title: 'a comment that notifies nobody', given: comment({ notified: [] }), expected: [] },
    { title: 'a comment that notifies a colleague', given: comment({ notified: ['user:4'] }), expected: [] },
    { title: "the contact's own comment", given: comment({ owner: 'contact:101' }), expected: [] },
    { title: 'a hidden comment', given: comment({ isHidden: true }), expected: [] },
    { title: 'a deleted comment', given: comment({ isDeleted: true }), expected: [] },
    {
      title: 'something that only looks like a contact',
      given: comment({ notified: ['contact:', 'contact:1a'] }),
      expected: [],
    },
  ])('$title → $expected', ({ given, expected }) => {
    expect(contactsToTell(given)).toEqual(expected);
  });
});
