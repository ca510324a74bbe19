const KEY = 'tidemark.tour';

/** Whether somebody has taken the tour in this browser, or has said that he needs none. */
export const knowsTour = (): boolean => localStorage.getItem(KEY) !== null;

export const keepTour = (): void => localStorage.setItem(KEY, 'known');

/** The tour, which few load twice. */
export async function startTour(): Promise<void> {
  keepTour();
  const { takeTour } = await import('./tour.ts');
  takeTour();
}
