import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  commentOnce,
  conversationOfId,
  type ListedMessage,
  listedOnce,
  meet,
  putInPhoneApp,
  type ShownComment,
  type ShownTask,
  say,
  taskOnce,
} from '../support/chat-world.ts';
import { type Company, connectCompany, type Parley, startParley } from '../support/parley.ts';
import { QUIET_KINDS, type SaidKind, SPEAKING_KINDS } from '../support/said-kinds.ts';

let parley: Parley;
const companies = new Map<string, Company>();

const BEFORE = 'Three of them, please';
const AFTER = 'And that is all';

/** A customer sends this kind before there is a task, and once more when there is one; then they go on writing. */
type Story = {
  first: ListedMessage;
  isWindowOpen: boolean;
  task: ShownTask;
  comment: ShownComment;
  after: ShownComment;
};
const stories = new Map<string, Promise<Story>>();
/** More at once would make each of them late. */
const SIDE_BY_SIDE = 12;

beforeAll(async () => {
  parley = await startParley();
  const lanes: Promise<unknown>[] = Array(SIDE_BY_SIDE).fill(Promise.resolve());
  for (const language of ['en', 'ru']) {
    const company = await connectCompany(parley, { settings: { language } });
    await putInPhoneApp(parley, company);
    companies.set(language, company);
    for (const kind of [...SPEAKING_KINDS, ...QUIET_KINDS]) {
      if (language === 'ru' && kind.ru === undefined) continue;
      const lane = stories.size % SIDE_BY_SIDE;
      const story = (lanes[lane] as Promise<unknown>).then(() =>
        tell(company, kind, kind[language as 'en' | 'ru'] as string[]),
      );
      // What went wrong is told by its own test.
      lanes[lane] = story.catch(() => undefined);
      stories.set(`${language} ${kind.name}`, story);
    }
  }
});

afterAll(() => parley?.stop());

const isQuiet = (kind: SaidKind) => QUIET_KINDS.includes(kind);

async function tell(company: Company, kind: SaidKind, words: string[]): Promise<Story> {
  const person = await meet(parley, company);
  const alone = await say(person, kind.content('wamid.not-here'));
  const first = await listedOnce(person, alone, isQuiet(kind) ? 'ignored' : 'posted');
  const { windowClosesAt } = await conversationOfId(parley, first.conversationId);
  const earlier = await say(person, { text: BEFORE });
  const before = await listedOnce(person, earlier, 'posted');
  // The network may tell of it more than once.
  await say(person, { ...kind.content(earlier), copies: 2 });
  await say(person, { text: AFTER });
  const after = await commentOnce(person, AFTER);
  const task = await taskOnce(person);
  const [comment, ...others] = task.comments.filter(({ id }) => id > (before.planfixComment ?? 0) && id < after.id);
  if (!comment || others.length > 0) throw new Error(`not one comment stands between, with ${words}`);
  return { first, isWindowOpen: windowClosesAt !== null, task, comment, after };
}

const storyOf = (language: string, { name }: SaidKind) => stories.get(`${language} ${name}`) as Promise<Story>;

const isFor = (comment: ShownComment) => comment.recipients.roles;

describe('a customer who sends, as the first message', () => {
  it.each(SPEAKING_KINDS)(
    '$name starts a task with it, and later adds it as a comment that tells the assignees',
    async (kind) => {
      const { task, comment, first, isWindowOpen } = await storyOf('en', kind);
      for (const words of kind.en) {
        expect(task.description).toContain(words);
        expect(comment.description).toContain(words);
      }
      expect(isFor(comment)).toEqual(['assignee']);
      expect(comment).toMatchObject({ owner: task.assigner, notifiesContact: false });
      expect(first).toMatchObject({ planfixTask: task.id, planfixComment: null });
      expect(isWindowOpen).toBe(true);
      for (const [index, ending] of (kind.files ?? []).entries()) {
        expect(task.files[index]?.name).toContain(ending);
        expect(comment.files[index]?.name).toContain(ending);
      }
      expect(comment.files).toHaveLength(kind.files?.length ?? 0);
    },
  );

  it.each(QUIET_KINDS)('$name starts none and says so; later it stands on the task', async (kind) => {
    const { task, comment, first, isWindowOpen } = await storyOf('en', kind);
    expect(first).toMatchObject({ state: 'ignored', reason: 'no-task', planfixTask: null });
    expect(isWindowOpen).toBe(kind.opensWindow === true);
    expect(task.description).toBe(BEFORE);
    for (const words of kind.en) expect(comment.description).toContain(words);
    expect(isFor(comment)).toEqual(kind.notifies ? ['assignee'] : []);
    expect(comment.recipients.users).toEqual([]);
  });
});

describe('in Russian', () => {
  it.each([...SPEAKING_KINDS, ...QUIET_KINDS].filter(({ ru }) => ru))('$name', async (kind) => {
    const { comment } = await storyOf('ru', kind);
    for (const words of kind.ru ?? []) expect(comment.description).toContain(words);
  });
});

describe('what is about an earlier message', () => {
  it.each(QUIET_KINDS.filter(({ isAboutEarlier }) => isAboutEarlier))(
    '$name: an excerpt, and a link to it',
    async (kind) => {
      const { task, comment } = await storyOf('en', kind);
      // The earlier one opened the task.
      expect(comment.description).toContain(`/task/${task.id}">${BEFORE}</a>`);
    },
  );
});

describe('control', () => {
  it('a plain text has none of these words, files and links, and tells the assignees', async () => {
    for (const kind of [...SPEAKING_KINDS, ...QUIET_KINDS]) {
      const { after } = await storyOf('en', kind);
      expect(kind.en.every((words) => after.description.includes(words))).toBe(false);
      expect(after.description).not.toContain('/task/');
      expect(after).toMatchObject({ files: [], recipients: { roles: ['assignee'] } });
    }
  });
});
