export const audit = {
  description: 'Кто, что и когда изменил.',
  at: 'Когда',
  who: 'Кто',
  what: 'Что',
  subject: 'Объект',
  details: 'Подробности',
  anySubject: 'Всё',
  empty: 'Изменений ещё не было',
  emptyHint: 'Здесь записывается каждое изменение, сделанное людьми и программами.',
};
