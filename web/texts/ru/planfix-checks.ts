import type { FindingWords } from './health.ts';

const EMPLOYEE = 'Выберите работающего сотрудника';
const TEMPLATE = 'Выберите другой или откройте его сотруднику, от имени которого сделан токен';

/** What is found in Planfix. */
export const planfixChecks: FindingWords = {
  'planfix-token-accepted': { message: 'Planfix принимает токен' },
  'planfix-token-refused': {
    message: 'Planfix не принимает токен: {{detail}}',
    remedy:
      'Создайте токен REST API в разделе «Управление аккаунтом → Доступ к API», от имени робота и с правами из ' +
      'инструкции по настройке',
  },
  'planfix-scope-missing': {
    message: 'У токена нет права {{detail}}',
    remedy:
      'Дайте токену это право в разделе «Управление аккаунтом → Доступ к API → REST API» или создайте токен со всеми ' +
      'правами из инструкции по настройке',
  },
  'planfix-not-usable': {
    message: 'Planfix не работает: {{detail}}',
    remedy: 'Адрес — https://<аккаунт>.planfix.ru/rest/ (или .com); проверьте его и что аккаунт оплачен',
  },
  'task-template-exists': { message: 'Шаблон задачи есть' },
  'task-template-missing': { message: 'Planfix не показывает шаблон задачи {{detail}}', remedy: TEMPLATE },
  'contact-template-exists': { message: 'Шаблон контакта есть' },
  'contact-template-missing': { message: 'Planfix не показывает шаблон контакта {{detail}}', remedy: TEMPLATE },
  'group-exists': { message: 'Группа {{detail}} есть' },
  'group-missing': {
    message: 'Planfix не показывает группу {{detail}}',
    remedy: 'Выберите другую группу или уберите эту',
  },
  'contact-exists': { message: 'Контакт {{detail}} есть' },
  'contact-missing': {
    message: 'Planfix не показывает контакт {{detail}}',
    remedy: 'Укажите контакт, с которым его объединили, или уберите этот',
  },
  'task-field-exists': { message: 'В Planfix есть поле задачи {{detail}}' },
  'task-field-missing': {
    message: 'Planfix не показывает поле задачи {{detail}}',
    remedy: 'Укажите номер текстового поля из шаблона или оставьте пустым',
  },
  'status-exists': { message: 'В Planfix есть статус {{detail}}' },
  'status-missing': {
    message: 'Planfix не показывает статус {{detail}}',
    remedy: 'Укажите номер статуса из процесса шаблона или оставьте пустым',
  },
  'employee-unknown': { message: 'Planfix не знает сотрудника {{detail}}', remedy: EMPLOYEE },
  'primary-admin-active': { message: 'Главный администратор работает в Planfix' },
  'primary-admin-inactive': {
    message: 'Главный администратор в Planfix неактивен, или это робот',
    remedy: EMPLOYEE,
  },
  'configured-by-active': { message: 'Настроивший подключение сотрудник работает в Planfix' },
  'configured-by-inactive': {
    message: 'Настроивший подключение сотрудник в Planfix неактивен, или это робот',
    remedy: EMPLOYEE,
  },
  'echo-author-active': { message: 'Автор сообщений коллег работает в Planfix' },
  'echo-author-inactive': {
    message: 'Автор сообщений коллег в Planfix неактивен, или это робот',
    remedy: EMPLOYEE,
  },
  'additional-assignee-active': { message: 'Дополнительный исполнитель {{detail}} работает в Planfix' },
  'additional-assignee-inactive': {
    message: 'Дополнительный исполнитель {{detail}} в Planfix неактивен, или это робот',
    remedy: EMPLOYEE,
  },
};
