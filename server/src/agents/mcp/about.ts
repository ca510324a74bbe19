/** As long as an id can be; a longer text is none. */
const ID_LENGTH_MAX = 200;
/** From the data of an answer over the field asked for and what it gives to the thing itself. */
const DEPTH_MAX = 3;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The id of an object, or of the one object in it. */
function idIn(value: Fields, depth: number): string | undefined {
  const { id } = value;
  if (typeof id === 'string') return id !== '' && id.length <= ID_LENGTH_MAX ? id : undefined;
  const [inner, another] = Object.values(value).filter((each) => isFields(each));
  return depth === 0 || inner === undefined || another !== undefined ? undefined : idIn(inner, depth - 1);
}

/** The id of the one thing that the data of an answer is about; `undefined` where it is about several things, a list, or nothing that has an id. */
export const aboutOf = (data: unknown): string | undefined => (isFields(data) ? idIn(data, DEPTH_MAX) : undefined);
