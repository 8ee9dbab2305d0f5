/** Whether a template may be sent, by the state that the network gave it. */
import { type Sentence, type TemplateProblem, templateProblem } from './template-problem.ts';

type State = { status: string; statusReason?: string | null | undefined };

/** Each message goes on after "This template". */
const STATES: Readonly<Record<string, { en: Sentence; ru: Sentence }>> = {
  pending: {
    en: ['waits for its approval', 'Wait until Meta has approved it, or choose another template'],
    ru: ['ещё не одобрен', 'Дождитесь одобрения Meta или выберите другой шаблон'],
  },
  in_appeal: {
    en: ['waits for its approval after an appeal', 'Wait until Meta has decided, or choose another template'],
    ru: ['ждёт решения по апелляции', 'Дождитесь решения Meta или выберите другой шаблон'],
  },
  rejected: {
    en: ['was rejected', 'Change it in WhatsApp Manager, or choose another template'],
    ru: ['отклонён', 'Измените его в WhatsApp Manager или выберите другой шаблон'],
  },
  paused: {
    en: ['is paused because recipients did not want it', 'Wait until Meta lifts the pause, or choose another template'],
    ru: ['приостановлен из-за отзывов получателей', 'Дождитесь снятия паузы или выберите другой шаблон'],
  },
  disabled: {
    en: ['is disabled', 'Make a new template in WhatsApp Manager'],
    ru: ['отключён', 'Создайте новый шаблон в WhatsApp Manager'],
  },
  limit_exceeded: {
    en: ['is beyond the number of templates that the account may have', 'Delete other templates first'],
    ru: ['превышает допустимое число шаблонов аккаунта', 'Сначала удалите другие шаблоны'],
  },
  pending_deletion: {
    en: ['is being deleted', 'Choose another template'],
    ru: ['удаляется', 'Выберите другой шаблон'],
  },
  deleted: { en: ['is deleted', 'Choose another template'], ru: ['удалён', 'Выберите другой шаблон'] },
  archived: {
    en: ['is archived', 'Choose another template, or take it out of the archive in WhatsApp Manager'],
    ru: ['в архиве', 'Выберите другой шаблон или верните этот из архива в WhatsApp Manager'],
  },
};

/** Undefined: it may. The network's own reason is shown as it came. */
export function whyNotSendable({ status, statusReason }: State): TemplateProblem | undefined {
  if (status === 'approved') return undefined;
  const { en, ru } = STATES[status] ?? {
    en: [`has the state "${status}"`, 'Choose an approved template'],
    ru: [`в состоянии «${status}»`, 'Выберите одобренный шаблон'],
  };
  const reason = statusReason ? ` (${statusReason})` : '';
  return templateProblem(
    { path: 'name', field: 'template' },
    { en: [`This template ${en[0]}${reason}`, en[1]], ru: [`Этот шаблон ${ru[0]}${reason}`, ru[1]] },
  );
}
