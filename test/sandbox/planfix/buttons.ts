import { fillVariables, type PressContext } from './button-variables.ts';
import { addComment } from './comments.ts';
import type { Account, Button, ButtonPress, Contact, PersonRef, Task } from './model.ts';
import { nobody } from './people.ts';
import type { PostResult } from './posts.ts';

const keptPresses = 500;

type PressedOn = { task?: Task | undefined; contact?: Contact | undefined };

/**
 * Presses a button: its request joins the account's stream, and once it has been answered with 200 the text of the answer
 * becomes a comment that notifies nobody, where the button says so and was pressed on a task.
 */
export function pressButton(
  account: Account,
  button: Button,
  { task, contact }: PressedOn,
  by: PersonRef,
  answers: Record<string, string>,
): ButtonPress {
  const context: PressContext = { account, task, contact, by, answers };
  const filled = button.parameters.map(({ name, value }) => [name, fillVariables(value, context)] as const);
  const press: ButtonPress = {
    id: account.nextPressId,
    button: button.id,
    name: button.name,
    task: task?.id,
    contact: contact?.id,
    by,
    atMs: account.now(),
    form: Object.fromEntries(filled),
    state: 'waiting',
    status: null,
    answer: '',
    comment: undefined,
  };
  account.nextPressId += 1;
  account.presses.push(press);
  account.presses.splice(0, account.presses.length - keptPresses);
  account.posts.push({
    address: () => ({ url: button.url, headers: button.headers }),
    form: press.form,
    retryDelaysMs: () => [],
    told: (result) => settle(account, button, press, result),
  });
  tell(account, 'planfix.button-pressed', press);
  return press;
}

function settle(account: Account, button: Button, press: ButtonPress, result: PostResult): void {
  press.state = result.outcome;
  press.status = result.status;
  press.answer = result.text;
  const task = press.task === undefined ? undefined : account.tasks.get(press.task);
  if (result.outcome === 'delivered' && button.answerAsComment && task !== undefined) {
    press.comment = addComment(account, task, {
      owner: account.settings.buttonCommentAuthor === 'robot' ? `user:${account.tokenUserId}` : press.by,
      description: asHtml(result.text),
      recipients: { ...nobody(), roles: [] },
      fromType: 'Planfix',
    }).id;
  }
  tell(account, 'planfix.button-answered', press);
}

const tell = ({ name, emit }: Account, kind: string, { id, button, state }: ButtonPress): void =>
  emit({ kind, account: name, press: id, button, state });

const asHtml = (text: string): string =>
  `<p>${text.trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\r?\n/g, '<br>')}</p>`;
