import { answerApi } from "@/server/v1/answer";
import { webContext } from "@/server/web-context";

const handler = (request: Request): Promise<Response> => answerApi(webContext(), request);

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
