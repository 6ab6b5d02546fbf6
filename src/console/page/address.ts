/** Goes to a screen by the address of the page: `search`, `hit/317c92`. */
export function go(where: string): void {
  const address = `#/${where}`;
  // A browser tells nothing of an address that it is at already.
  if (location.hash === address) dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = address;
}
