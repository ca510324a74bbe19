const REDRAW_MS = 200;

/** A line that is drawn over, on a terminal only. */
export function progressLine(err: NodeJS.WriteStream): { show: (text: string) => void; end: () => void } {
  let drawnAt = 0;
  const show = (text: string): void => {
    const now = performance.now();
    if (!err.isTTY || now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    err.write(`\r\u001B[2K${text}`);
  };
  return { show, end: () => void (err.isTTY && err.write('\r\u001B[2K')) };
}
