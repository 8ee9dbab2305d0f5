/**
 * Which comments leave the building: those of an employee that name the contact among the notified, and no others
 * (help page, "Who is notified"). A comment without recipients notifies nobody and stays inside.
 */
export type CommentFacts = {
  id: number;
  /** Prefixed: `user:3` or `contact:12`. */
  owner: string;
  isDeleted: boolean;
  isHidden: boolean;
  /** Prefixed people that the comment notifies by name. */
  notified: readonly string[];
};

/** Contacts write comments, too; a deleted or hidden one says nothing to anybody. */
export function isWrittenByEmployee({ owner, isDeleted, isHidden }: CommentFacts): boolean {
  return !isDeleted && !isHidden && owner.startsWith('user:');
}

/** The contact numbers that this comment is addressed to; empty: it is internal. */
export function contactsToTell(comment: CommentFacts): number[] {
  if (!isWrittenByEmployee(comment)) return [];
  const contacts = comment.notified.flatMap((person) => {
    const number = /^contact:(\d+)$/.exec(person)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return [...new Set(contacts)];
}
