package roundsman.wire

import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDate
import java.time.OffsetDateTime
import java.time.format.DateTimeFormatter
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject

/** JSON as Roundsman speaks it: members that this app does not know are ignored, and null ones that it need not send left out. */
val RoundsmanJson: Json = Json { ignoreUnknownKeys = true }

/** What a command carries. */
interface CommandPayload {
    /** The command's name on the wire. */
    val commandName: String

    /** The version of the payload that this class writes. */
    val commandSchema: Int
}

/** The data of a row. */
interface RowData {
    /** The row's kind on the wire. */
    val rowKind: String
}

/** The id of a row, a command or a scope: a UUID as text, compared as text. */
@Serializable
@JvmInline
value class WireId(val text: String) {
    override fun toString(): String = text
}

/** A moment exactly as it is on the wire (RFC 3339): an offset that was sent once is sent again, to the last character. */
@Serializable
@JvmInline
value class WireInstant(val text: String) {
    /** The moment. */
    fun toInstant(): Instant = OffsetDateTime.parse(text).toInstant()

    override fun toString(): String = text

    companion object {
        private val FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")

        /** The moment with its offset, in milliseconds. */
        fun of(at: OffsetDateTime): WireInstant = WireInstant(FORM.format(at))
    }
}

/** A calendar day: `2026-11-23`. */
@Serializable
@JvmInline
value class WireDay(val text: String) {
    /** The day. */
    fun toLocalDate(): LocalDate = LocalDate.parse(text)

    override fun toString(): String = text

    companion object {
        /** The day. */
        fun of(day: LocalDate): WireDay = WireDay(day.toString())
    }
}

/** A decimal number as text: money never passes through a float. */
@Serializable
@JvmInline
value class WireDecimal(val text: String) {
    /** The number. */
    fun toBigDecimal(): BigDecimal = BigDecimal(text)

    override fun toString(): String = text

    companion object {
        /** The number, without an exponent. */
        fun of(number: BigDecimal): WireDecimal = WireDecimal(number.toPlainString())
    }
}

/** One edited field: the value that the user saw and the new one. Both are always sent, null too. */
@Serializable
data class Change<T>(val from: T?, val to: T?)

/** The payload as JSON, ready for a [CommandEnvelope]. */
fun CommandPayload.toJson(): JsonObject {
    @Suppress("UNCHECKED_CAST")
    val serializer = COMMAND_SERIALIZERS.getValue(commandName) as KSerializer<CommandPayload>
    return RoundsmanJson.encodeToJsonElement(serializer, this).jsonObject
}

/**
 * The row's data, or null for a tombstone and for a kind that this app does not know. Keep the JSON of such a row all
 * the same: it counts in the digest, and the app's next version may know it.
 */
fun Row.decoded(): RowData? {
    val serializer = ROW_SERIALIZERS[kind] ?: return null
    return data?.let { RoundsmanJson.decodeFromJsonElement(serializer, it) }
}

/** What to do about an error: by its code, and by its status where a newer server sends a code that is not listed. */
fun thenFor(code: String, status: Int): Then =
    ErrorCodes.THEN[code] ?: when (status) {
        202 -> Then.KEPT
        401 -> Then.RENEW
        403 -> Then.ASK
        404 -> Then.REFRESH
        413 -> Then.SPLIT
        429 -> Then.LATER
        else -> if (status >= 500) Then.LATER else Then.CORRECT
    }
