let isLoggingOut = false;
let isOver = false;

/**
 * Ends the session because its owner says so. The unit ends the stream before it answers, so what hears of that must know that
 * somebody logs out.
 */
export async function endSession(end: () => Promise<unknown>): Promise<void> {
  isLoggingOut = true;
  try {
    await end();
  } catch (error) {
    isLoggingOut = false;
    throw error;
  }
  sessionOver();
}

/**
 * Shows the login form, once however many hear that the session is over: a second load would take what is being typed. It
 * comes at the same address, so that the person goes on where they were; who logs out leaves none behind.
 */
export function sessionOver(): void {
  if (isOver) return;
  isOver = true;
  if (isLoggingOut) location.replace('/');
  else location.reload();
}
