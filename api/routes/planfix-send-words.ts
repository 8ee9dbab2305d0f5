import type { Language } from '../../workflows/domain/message.ts';
import { type StartRefusal, startRefusalSentence } from '../../workflows/domain/start-refusals.ts';
import type { TemplateProblem } from '../../workflows/domain/template-problem.ts';
import type { FormFault } from './planfix-send-form.ts';

/** What a person reads who pressed a button, as the comment that Planfix makes of the answer. */
const WORDS = {
  en: {
    nothingSent: 'Nothing was sent.',
    started: 'The message is on its way to the customer.',
    shown: (task: number | null) =>
      task === null ? "It will be shown in the customer's task." : `It will be shown in task ${task}.`,
    held: 'So many identical messages leave just now that this one counts as a mailing: it is sent, and shown in a task when the customer answers.',
    looking: 'Parley asks Planfix for the phone of the contact, then the message is sent.',
    lookingTold: (task: number) =>
      `If that is not possible, a comment on task ${task} says why, or the list of problems in Parley if there is no such task.`,
    lookingListed: 'If that is not possible, nothing is sent, and the list of problems in Parley says why.',
    repeated: (time: string) => `Already asked for at ${time}: nothing is sent twice.`,
    repeatable: (hours: number) => `The same message from the same button can be sent again after ${hours} h.`,
    busy: 'Parley cannot answer just now. Try again in a minute: what was taken already is not sent twice.',
    unreadable: 'Nothing was sent. The request cannot be read: send the fields as a form or as JSON.',
    faults: {
      unfilled: 'holds a variable that Planfix did not fill in. Correct the variable in the button or scenario.',
      'not-a-number': 'is not a number. Use the variable with the number of the task or contact.',
      missing: 'is missing. Add this field to the button or scenario.',
      'too-long': 'is too long. Shorten it.',
    },
    nobody: 'Give task, contact or phone.',
    noConnection: 'This account has no WhatsApp number that works. Ask the administrator to connect one.',
    otherConnection: 'The field "connection" names no WhatsApp number of this account that works. Use one of these:',
    whichConnection: 'This account has several WhatsApp numbers. Add the field "connection" with one of these:',
    template: (name: string) => `Template ${name}:`,
  },
  ru: {
    nothingSent: 'Ничего не отправлено.',
    started: 'Сообщение отправляется клиенту.',
    shown: (task: number | null) =>
      task === null ? 'Оно появится в задаче клиента.' : `Оно появится в задаче ${task}.`,
    held: 'Сейчас уходит столько одинаковых сообщений, что это считается рассылкой: оно отправляется и появится в задаче, когда клиент ответит.',
    looking: 'Parley узнаёт в Планфиксе телефон контакта, затем сообщение уйдёт.',
    lookingTold: (task: number) =>
      `Если это невозможно, причина появится комментарием в задаче ${task}, а если такой задачи нет – в списке проблем Parley.`,
    lookingListed: 'Если это невозможно, ничего не уйдёт, а причина появится в списке проблем Parley.',
    repeated: (time: string) => `Уже запрошено в ${time}: дважды ничего не отправляется.`,
    repeatable: (hours: number) => `То же сообщение той же кнопкой можно отправить снова через ${hours} ч.`,
    busy: 'Parley сейчас не может ответить. Повторите через минуту: уже принятое не уйдёт дважды.',
    unreadable: 'Ничего не отправлено. Запрос не удалось прочитать: передайте поля формой или в JSON.',
    faults: {
      unfilled: 'содержит переменную, которую Планфикс не заполнил. Исправьте переменную в кнопке или сценарии.',
      'not-a-number': 'не число. Используйте переменную с номером задачи или контакта.',
      missing: 'не указано. Добавьте это поле в кнопку или сценарий.',
      'too-long': 'слишком длинное. Сократите его.',
    },
    nobody: 'Укажите task, contact или phone.',
    noConnection: 'В этом аккаунте нет работающего номера WhatsApp. Попросите администратора подключить номер.',
    otherConnection: 'Поле «connection» не называет работающий номер WhatsApp этого аккаунта. Возможные значения:',
    whichConnection: 'В этом аккаунте несколько номеров WhatsApp. Добавьте поле «connection» с одним из значений:',
    template: (name: string) => `Шаблон ${name}:`,
  },
} as const satisfies Record<Language, unknown>;

export const sendWords = (language: Language) => WORDS[language];

export function faultText({ field, why }: FormFault, language: Language): string {
  const words = WORDS[language];
  if (why === 'nobody') return `${words.nothingSent} ${words.nobody}`;
  const quoted = language === 'ru' ? `Поле «${field}»` : `The field "${field}"`;
  return `${words.nothingSent} ${quoted} ${words.faults[why]}`;
}

export function refusalText(reason: StartRefusal, language: Language): string {
  const [message, remedy] = startRefusalSentence(reason, language);
  return `${WORDS[language].nothingSent} ${message}. ${remedy}.`;
}

/** What is wrong with a template, each with the field of the form that it is about. */
export function templateText(name: string, problems: readonly TemplateProblem[], language: Language): string {
  const words = WORDS[language];
  const lines = problems.map(({ form }) => {
    const [message, remedy] = form[language];
    const about = form.field === 'template' ? '' : `${form.field}: `;
    return `${about}${message}. ${remedy}.`;
  });
  return [`${words.nothingSent} ${words.template(name)}`, ...lines].join('\n');
}
