import type { StepProps } from './connect-page.tsx';
import { CredentialsStep } from './credentials-step.tsx';
import { DialogStep } from './dialog-step.tsx';
import { SignUpStep } from './sign-up-step.tsx';
import { useWizard } from './wizard.tsx';

/** The number itself: by its credentials, by its key, or through Meta's window. */
export function NumberStep(props: StepProps) {
  const { road } = useWizard().draft;
  if (road === 'dialog360') return <DialogStep {...props} />;
  return road === 'new-number' ? <CredentialsStep {...props} /> : <SignUpStep {...props} />;
}
