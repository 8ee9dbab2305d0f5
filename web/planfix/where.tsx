import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Where somebody finds what a field asks for, in steps; closed until it is wanted. */
export function Where({ of, steps }: { of: string; steps: string[] }) {
  const { t } = useTranslation('planfix');
  return (
    <details className="where">
      <summary>
        <Text span size="sm">
          {t('whereIsIt')} <span className="where-of">({of})</span>
        </Text>
      </summary>
      <List type="ordered" size="sm" mt={4} spacing={2}>
        {steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
    </details>
  );
}
