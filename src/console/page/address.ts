/** Goes to a screen by the address of the page: `search`, `hit/317c92`. */
export function go(where: string): void {
  location.hash = `#/${where}`;
}
