import type { ProblemKind } from '../db/problems.ts';
import type { Language } from '../workflows/domain/message.ts';
import { CONNECTION_PROBLEM_WORDS } from './connection-problem-words.ts';

/** What happened, and what to do about it. */
export type ProblemWords = { title: string; remedy: string };
export type Words = Readonly<Record<Language, ProblemWords>>;

const PROBLEM_WORDS: Readonly<Record<ProblemKind, Words>> = {
  ...CONNECTION_PROBLEM_WORDS,
  'unknown-send': {
    en: {
      title: 'It is not known whether a message reached the customer',
      remedy:
        'Look into the chat or ask the customer, then send it again or discard it; sent again, it may arrive twice.',
    },
    ru: {
      title: 'Неизвестно, дошло ли сообщение до клиента',
      remedy:
        'Проверьте чат или спросите клиента, затем отправьте ещё раз или отбросьте; отправленное снова может прийти дважды.',
    },
  },
  parked: {
    en: {
      title: 'A message was put aside because it was refused again and again',
      remedy: 'Mend what the reason names, then try it again; or discard it.',
    },
    ru: {
      title: 'Сообщение отложено: его раз за разом отклоняли',
      remedy: 'Устраните указанную причину и повторите попытку или отбросьте сообщение.',
    },
  },
  'account-paused': {
    en: {
      title: 'Planfix does not answer or does not let Parley in; messages wait in order',
      remedy: 'Check that Planfix works and that the token is valid. Everything goes on by itself once it answers.',
    },
    ru: {
      title: 'Planfix не отвечает или не пускает Parley; сообщения ждут своей очереди',
      remedy: 'Проверьте, что Planfix работает и токен действует. Как только он ответит, всё продолжится само.',
    },
  },
  'connection-paused': {
    en: {
      title: 'Nothing can be sent from this number just now; messages wait in order',
      remedy: 'Check the number and its access token at the network. Sending goes on by itself once it works again.',
    },
    ru: {
      title: 'С этого номера сейчас нельзя отправлять; сообщения ждут своей очереди',
      remedy: 'Проверьте номер и его токен доступа. Как только номер заработает, отправка продолжится сама.',
    },
  },
  'account-check-failed': {
    en: {
      title: 'A check of the Planfix account fails',
      remedy: 'Open the account, mend what its failed checks name, and check it again.',
    },
    ru: {
      title: 'Проверка аккаунта Planfix не проходит',
      remedy: 'Откройте аккаунт, исправьте то, что указано в проверках, и проверьте снова.',
    },
  },
  'connection-check-failed': {
    en: {
      title: 'A check of the connection fails: its number, its access, or something its settings name',
      remedy: 'Open the connection and mend what its failed checks name; a missing template or person is chosen anew.',
    },
    ru: {
      title: 'Проверка подключения не проходит: номер, доступ или то, что указано в настройках',
      remedy:
        'Откройте подключение и исправьте указанное в проверках; удалённый шаблон или сотрудника выберите заново.',
    },
  },
  'contact-refused-as-assigner': {
    en: {
      title: 'Planfix does not take customers as assigners of tasks; tasks are made without',
      remedy: 'In Planfix, let contacts of this template take part in tasks, then discard this.',
    },
    ru: {
      title: 'Planfix не принимает клиента постановщиком; задачи создаются без него',
      remedy: 'Разрешите в Planfix контактам этого шаблона участвовать в задачах, затем отбросьте эту запись.',
    },
  },
  'contact-refused-as-owner': {
    en: {
      title: 'Planfix does not take customers as authors of comments; the text names them instead',
      remedy: "Let the token's employee write for contacts, then discard this: it is tried again from then on.",
    },
    ru: {
      title: 'Planfix не принимает клиента автором комментария; имя пишется в тексте',
      remedy: 'Дайте сотруднику токена право писать от имени контактов и отбросьте запись: попытки возобновятся.',
    },
  },
  'fields-refused': {
    en: {
      title: 'Planfix did not store a field of a task',
      remedy: 'Attach the field to the task template, or choose another one in the settings; then discard this.',
    },
    ru: {
      title: 'Planfix не сохранил поле задачи',
      remedy: 'Добавьте поле в шаблон задачи или выберите другое в настройках, затем отбросьте запись.',
    },
  },
  'comments-forbidden': {
    en: {
      title: 'The status of new tasks forbids comments, so messages cannot be added',
      remedy: "Allow comments in that status, or set another first status in the connection's settings.",
    },
    ru: {
      title: 'Статус новых задач запрещает комментарии, сообщения не добавляются',
      remedy: 'Разрешите комментарии в этом статусе или укажите другой начальный статус в настройках подключения.',
    },
  },
  'notified-nobody': {
    en: {
      title: 'A comment after a message of the customer notified nobody outside, so it was not sent',
      remedy: 'Send it if it was meant for the customer; discard this if it is internal.',
    },
    ru: {
      title: 'Комментарий после сообщения клиента никого снаружи не уведомил и не был отправлен',
      remedy: 'Отправьте его, если он для клиента; отбросьте запись, если он внутренний.',
    },
  },
  'nothing-to-send': {
    en: {
      title: 'A comment for the customer holds nothing that can be sent',
      remedy: 'Write text or attach a file in a new comment; then discard this.',
    },
    ru: {
      title: 'В комментарии для клиента нечего отправлять',
      remedy: 'Напишите текст или прикрепите файл в новом комментарии, затем отбросьте запись.',
    },
  },
  'identity-conflict': {
    en: {
      title: 'Two customers claim the same phone or user id; they are kept apart',
      remedy: 'Find out who it is, merge the contacts in Planfix if they are one person, then discard this.',
    },
    ru: {
      title: 'Два клиента претендуют на один телефон или идентификатор; они ведутся раздельно',
      remedy: 'Выясните, кто это; если это один человек, объедините контакты в Planfix и отбросьте запись.',
    },
  },
  'two-contacts': {
    en: {
      title: 'One customer has two contacts in Planfix',
      remedy: 'Merge the contacts in Planfix, then discard this.',
    },
    ru: {
      title: 'У одного клиента два контакта в Planfix',
      remedy: 'Объедините контакты в Planfix, затем отбросьте запись.',
    },
  },
  'templates-unreadable': {
    en: {
      title: 'The approved message templates could not be read for long; what is shown may be old',
      remedy: 'Check that the access token may manage the business account. It ends by itself once they can be read.',
    },
    ru: {
      title: 'Одобренные шаблоны сообщений давно не удаётся прочитать; показанное могло устареть',
      remedy: 'Проверьте права токена на управление аккаунтом. Запись закроется сама, когда шаблоны прочитаются.',
    },
  },
  'start-refused': {
    en: {
      title: 'A conversation that was asked for in Planfix could not be started',
      remedy: 'Mend what the detail names and ask again: this ends when that is served. Or discard it.',
    },
    ru: {
      title: 'Не удалось начать переписку, запрошенную в Planfix',
      remedy: 'Исправьте указанное и запросите снова: запись закроется сама. Либо отбросьте её.',
    },
  },
};

/** Title and remedy of a kind of problem. A kind of an older version, of which there are rows, is called by its name. */
export function wordsOfProblem(kind: string, language: Language): ProblemWords {
  const words = (PROBLEM_WORDS as Readonly<Record<string, Words>>)[kind];
  return words?.[language] ?? { title: kind, remedy: '' };
}
