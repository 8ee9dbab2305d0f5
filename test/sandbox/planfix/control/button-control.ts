import type { FastifyInstance } from 'fastify';
import { unknownVariable } from '../button-variables.ts';
import { pressButton } from '../buttons.ts';
import { dumpButtons } from '../dump.ts';
import type { Account, Button, ButtonQuestion } from '../model.ts';
import { findContact, list, parseRef } from '../people.ts';
import { standardButtons } from '../standard-buttons.ts';
import { accountOf, type Body, bodyOf, ControlError, type Params, taskOf } from './input.ts';

type Parameter = Button['parameters'][number];

const base = '/control/planfix/:account/buttons';

/** Control of buttons: an administrator makes them, an agent presses them. */
export function registerButtonControl(server: FastifyInstance): void {
  server.get(base, async (request) => dumpButtons(accountOf(request.params)));

  server.post(base, async (request, reply) => {
    const account = accountOf(request.params);
    return reply.code(201).send(putButton(account, readButton(account, bodyOf(request.body))));
  });

  server.put(base, async (request) => {
    const account = accountOf(request.params);
    const { url, secret, connection, templates, language } = bodyOf(request.body);
    const to = {
      url: textOf(url, 'url'),
      secret: textOf(secret, 'secret'),
      connection: textOf(connection, 'connection'),
    };
    const offered = { templates: list(templates).map(String), language: String(language ?? 'en') };
    return { items: standardButtons({ ...to, ...offered }).map((button) => putButton(account, button)) };
  });

  server.delete(`${base}/:id`, async (request) => {
    const account = accountOf(request.params);
    account.buttons.delete(buttonOf(account, request.params).id);
    account.emit({ kind: 'planfix.button-changed', account: account.name });
    return {};
  });

  server.post(`${base}/:id/press`, async (request, reply) => {
    const account = accountOf(request.params);
    const button = buttonOf(account, request.params);
    const body = bodyOf(request.body);
    const by = parseRef(account, { id: body.by ?? 'user:3' });
    const press = pressButton(account, button, pressedOn(account, button, body), by, answersTo(button, body.answers));
    return reply.code(202).send({ ...press, frozenUntilMs: account.posts.frozenUntilMs() });
  });
}

function buttonOf(account: Account, params: unknown): Button {
  const button = account.buttons.get(Number((params as Params).id));
  if (button === undefined) throw new ControlError(404, 'no such button');
  return button;
}

/** One of the same name at the same place is replaced. */
function putButton(account: Account, input: Omit<Button, 'id'>): Button {
  const known = [...account.buttons.values()].find(({ name, place }) => name === input.name && place === input.place);
  const button: Button = { ...input, id: known?.id ?? account.nextButtonId };
  if (known === undefined) account.nextButtonId += 1;
  account.buttons.set(button.id, button);
  account.emit({ kind: 'planfix.button-changed', account: account.name, button: button.id });
  return button;
}

function readButton({ settings }: Account, body: Body): Omit<Button, 'id'> {
  const { name, place = 'task', url, headers, questions, parameters, answerAsComment } = body;
  if (place !== 'task' && place !== 'contact') throw new ControlError(400, 'place is task or contact');
  const asked = list(questions).map((item) => readQuestion(bodyOf(item)));
  const names = asked.map((question) => question.name);
  const sent = list(parameters).map((item) => readParameter(bodyOf(item)));
  if (settings.unknownVariable === 'refuse') checkVariables(sent, names);
  return {
    name: textOf(name, 'name'),
    place,
    url: textOf(url, 'url'),
    headers: Object.fromEntries(Object.entries(bodyOf(headers)).map(([key, value]) => [key, String(value)])),
    questions: asked,
    parameters: sent,
    answerAsComment: answerAsComment === true,
  };
}

function readQuestion({ name, label, value, choices, required }: Body): ButtonQuestion {
  const known = textOf(name, 'name of a question');
  const offered = list(choices).map(String);
  return {
    name: known,
    label: String(label ?? known),
    value: String(value ?? ''),
    choices: offered,
    required: required === true,
  };
}

const readParameter = ({ name, value }: Body): Parameter => ({
  name: textOf(name, 'name of a parameter'),
  value: String(value ?? ''),
});

/** Variables are picked from a list in Planfix. */
function checkVariables(parameters: Parameter[], questions: string[]): void {
  for (const { value } of parameters) {
    const unknown = unknownVariable(value, questions);
    if (unknown !== undefined) throw new ControlError(400, `no variable {{${unknown}}}`);
  }
}

function pressedOn(account: Account, { place }: Button, { task, contact }: Body) {
  if (place === 'task') return { task: taskOf(account, task) };
  const found = findContact(account, `contact:${Number(contact)}`);
  if (found === undefined) throw new ControlError(404, `no contact ${String(contact)}`);
  return { contact: found };
}

/** What the agent entered, else what stood there at first. */
function answersTo({ questions }: Button, given: unknown): Record<string, string> {
  const answers = bodyOf(given);
  return Object.fromEntries(
    questions.map(({ name, label, value, required }) => {
      const answer = String(answers[name] ?? value);
      if (required && answer.trim() === '') throw new ControlError(400, `${label} is required`);
      return [name, answer];
    }),
  );
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new ControlError(400, `${name} is required`);
  return value;
}
