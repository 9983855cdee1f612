import java.io.File
import kotlinx.serialization.KSerializer
import kotlinx.serialization.encodeToString
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonArray
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.serializer
import roundsman.wire.COMMAND_SERIALIZERS
import roundsman.wire.CommandPayload
import roundsman.wire.ErrorBody
import roundsman.wire.MeAnswer
import roundsman.wire.PushAnswer
import roundsman.wire.ROW_SERIALIZERS
import roundsman.wire.RoundsmanJson
import roundsman.wire.Row
import roundsman.wire.RowData
import roundsman.wire.SessionAnswer
import roundsman.wire.SyncAnswer
import roundsman.wire.SyncRequest
import roundsman.wire.WireDay
import roundsman.wire.WireDecimal
import roundsman.wire.WireInstant
import roundsman.wire.decoded
import roundsman.wire.thenFor
import roundsman.wire.toJson

/**
 * Decodes what stands in a file with the models and encodes it again: `{commands: {name: payload}, rows: [row], messages:
 * {name: body}}` in, the same out as the models understand it, so that the caller can compare the two.
 */
fun main(arguments: Array<String>) {
    val given = RoundsmanJson.parseToJsonElement(File(arguments[0]).readText()).jsonObject
    val done = buildJsonObject {
        put("commands", JsonObject(given.getValue("commands").jsonObject.mapValues { (name, payload) -> command(name, payload) }))
        put("rows", rows(given.getValue("rows").jsonArray))
        put("messages", JsonObject(given.getValue("messages").jsonObject.mapValues { (name, body) -> message(name, body) }))
        put("values", values())
    }
    File(arguments[1]).writeText(RoundsmanJson.encodeToString(done))
}

private fun command(name: String, payload: JsonElement): JsonElement {
    val decoded: CommandPayload = RoundsmanJson.decodeFromJsonElement(COMMAND_SERIALIZERS.getValue(name), payload)
    check(decoded.commandName == name)
    return decoded.toJson()
}

private fun rows(given: JsonArray): JsonArray = buildJsonArray {
    for (element in given) {
        val row = RoundsmanJson.decodeFromJsonElement(Row.serializer(), element)
        val data = row.decoded()
        add(if (data == null) JsonPrimitive("unknown or gone") else encoded(row.kind, data))
    }
}

private fun encoded(kind: String, data: RowData): JsonElement {
    @Suppress("UNCHECKED_CAST")
    val serializer = ROW_SERIALIZERS.getValue(kind) as KSerializer<RowData>
    check(data.rowKind == kind)
    return RoundsmanJson.encodeToJsonElement(serializer, data)
}

private fun message(name: String, body: JsonElement): JsonElement = when (name) {
    "sync_request" -> again<SyncRequest>(body)
    "sync_answer" -> again<SyncAnswer>(body)
    "push_answer" -> again<PushAnswer>(body)
    "session_answer" -> again<SessionAnswer>(body)
    "me_answer" -> again<MeAnswer>(body)
    "error" -> again<ErrorBody>(body)
    else -> throw IllegalArgumentException(name)
}

private inline fun <reified T> again(body: JsonElement): JsonElement {
    val serializer = serializer<T>()
    return RoundsmanJson.encodeToJsonElement(serializer, RoundsmanJson.decodeFromJsonElement(serializer, body))
}

/** The values that are text on the wire, as what they stand for. */
private fun values(): JsonObject = buildJsonObject {
    put("instant", JsonPrimitive(WireInstant("2026-11-23T09:30:00.120+08:00").toInstant().toString()))
    put("instant_of", JsonPrimitive(WireInstant.of(java.time.OffsetDateTime.parse("2026-11-23T09:30:00.12+08:00")).text))
    put("day", JsonPrimitive(WireDay("2026-11-23").toLocalDate().plusDays(8).toString()))
    put("decimal", JsonPrimitive(WireDecimal("19.90").toBigDecimal().add("0.10".toBigDecimal()).toPlainString()))
    put("then", JsonPrimitive(thenFor("sync.scope_lost", 202).name + " " + thenFor("of.tomorrow", 503).name))
}
