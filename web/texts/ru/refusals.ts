import { connectionRefusals } from './refusals-connections.ts';
import { generalRefusals } from './refusals-general.ts';
import { messageRefusals } from './refusals-messages.ts';
import { peopleRefusals } from './refusals-people.ts';
import { templateRefusals } from './refusals-templates.ts';

/** What the API says when it refuses something, by its English words; `{{…}}` is where a value goes. */
export const refusals: Readonly<Record<string, string>> = {
  ...generalRefusals,
  ...peopleRefusals,
  ...connectionRefusals,
  ...messageRefusals,
  ...templateRefusals,
};

const types = {
  string: 'текст',
  number: 'число',
  int: 'целое число',
  boolean: 'да или нет',
  array: 'список',
  object: 'набор полей',
  record: 'набор полей',
  null: 'пустое значение',
};

/** Values that are words of the API themselves, by the name of their place. */
export const placeWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  type: types,
  received: types,
  where: { querystring: 'адресе запроса', headers: 'заголовках запроса', request: 'запросе' },
  role: { agent: 'оператор', viewer: 'наблюдатель', admin: 'администратор' },
  state: {
    draft: 'ещё проверяется',
    checking: 'ещё проверяется',
    connected: 'работает',
    paused: 'приостановлено',
    failed: 'не состоялось',
    disconnecting: 'отключается',
    disconnected: 'отключено',
  },
  message: { unknown: 'не числится с неизвестным исходом', parked: 'не отложено' },
  mailing: {
    checking: 'ещё проверяется',
    scheduled: 'ждёт своего времени',
    running: 'отправляется',
    paused: 'приостановлена',
    stopped: 'остановлена',
    done: 'отправлена',
    cancelled: 'отменена',
    refused: 'отклонена',
  },
  decided: { paused: 'приостановить', resumed: 'продолжить', cancelled: 'отменить' },
  media: { 'a picture': 'картинка', 'a video': 'видео', 'a document': 'документ' },
  textPart: { body: 'Текст', header: 'Заголовок' },
};
