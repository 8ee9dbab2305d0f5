import type { Button, ButtonQuestion } from './model.ts';

export type ButtonTarget = {
  url: string;
  secret: string;
  connection: string;
  /** Names that the agent can choose from; none: they type one. */
  templates: string[];
  language: string;
};

const question = (name: string, label: string, more: Partial<ButtonQuestion> = {}): ButtonQuestion => ({
  name,
  label,
  value: '',
  choices: [],
  required: false,
  ...more,
});

/**
 * The buttons of a company that writes first: a template on the cards of tasks and contacts, and words of the agent's own
 * on those of contacts. Values that are left empty go out empty, as Planfix sends them.
 */
export function standardButtons(target: ButtonTarget): Omit<Button, 'id'>[] {
  const { url, secret, connection, templates, language } = target;
  const common = { url, headers: { 'X-Parley-Secret': secret }, answerAsComment: true };
  const fixed = (name: string) => [
    { name: 'connection', value: connection },
    { name: 'button', value: name },
  ];
  const places = {
    task: [{ name: 'task', value: '{{Task.Number}}' }],
    // The answer tells at once what is wrong with a phone; a contact that is refused later has no task to tell it on.
    contact: [
      { name: 'contact', value: '{{Contact.Number}}' },
      { name: 'phone', value: '{{Contact.Phones}}' },
      { name: 'name', value: '{{Contact.Name}}' },
    ],
  };
  const template = (place: Button['place']): Omit<Button, 'id'> => ({
    ...common,
    name: 'Send WhatsApp template',
    place,
    questions: [
      question('template', 'Template', { required: true, choices: templates, value: templates[0] ?? '' }),
      question('language', 'Language', { required: true, value: language }),
      question('first', 'Value 1', { value: '' }),
      question('second', 'Value 2'),
    ],
    parameters: [
      ...places[place],
      ...fixed('Send WhatsApp template'),
      { name: 'template', value: '{{Form.template}}' },
      { name: 'language', value: '{{Form.language}}' },
      { name: 'body.1', value: '{{Form.first}}' },
      { name: 'body.2', value: '{{Form.second}}' },
    ],
  });
  const write: Omit<Button, 'id'> = {
    ...common,
    name: 'Write to WhatsApp',
    place: 'contact',
    questions: [question('text', 'Message', { required: true })],
    parameters: [...places.contact, ...fixed('Write to WhatsApp'), { name: 'text', value: '{{Form.text}}' }],
  };
  return [template('task'), template('contact'), write];
}
